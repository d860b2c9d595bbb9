import { randomUUID } from 'node:crypto';
import { createComfyClient } from './client';
import { ComfyUnavailableError } from './errors';
import { recordedHttp, VERSIONS, type Override } from './fixtures/replayServer';
import { replaying } from './fixtures/using';
import type { Graph } from './submit';

const attemptTag = { deployment: 'test', attempt: 'a-1' };
const graph: Graph = { '1': { class_type: 'SaveImage', inputs: {} } };
const submission = () => ({ promptId: randomUUID(), clientId: 'af-1', graph, attemptTag });

/** The graph of the recorded submit that was answered with this error. */
function refusedGraph(isWanted: (answer: string) => boolean): Graph {
  const line = recordedHttp('http_misc').find(
    ({ path, response }) => path === '/prompt' && isWanted(JSON.stringify(response)),
  );
  return (line?.request as { prompt: Graph }).prompt;
}
async function submitRefused(text: string, override?: Override) {
  const { client } = await replaying('http_misc', override);
  const refused = refusedGraph((answer) => answer.includes(text));
  const result = await client.submit({ ...submission(), graph: refused });
  if (result.outcome !== 'rejected') throw new Error(result.outcome);
  return result;
}

test('a graph is accepted under the id we chose', async () => {
  const { client } = await replaying('success');
  const { request, response } = recordedHttp('success')[0]!;
  const promptId = (response as { prompt_id: string }).prompt_id;
  const recorded = (request as { prompt: Graph }).prompt;
  const result = await client.submit({ ...submission(), promptId, graph: recorded });
  expect(result).toEqual({ outcome: 'accepted', promptId, number: 0 });
});

test('pitfall 11: client id, prompt id and tag go with every graph', async () => {
  const mine = submission();
  const { client, server } = await replaying(null, () => ({
    body: { prompt_id: mine.promptId, number: 7.5, node_errors: {} },
  }));
  expect(await client.submit(mine)).toEqual({
    outcome: 'accepted',
    promptId: mine.promptId,
    number: 7.5,
  });
  expect(JSON.parse(server.seen[0]!.body.toString())).toEqual({
    prompt_id: mine.promptId,
    client_id: 'af-1',
    prompt: graph,
    extra_data: { avatarforge: attemptTag },
  });
});

test('a preview method goes with the graph when one is asked for', async () => {
  const { client, server } = await replaying(null, () => ({ status: 500 }));
  await client.submit({ ...submission(), previewMethod: 'latent2rgb' });
  expect(JSON.parse(server.seen[0]!.body.toString())).toMatchObject({
    extra_data: { avatarforge: attemptTag, preview_method: 'latent2rgb' },
  });
});

test('pitfall 26: an absent node class is named', async () => {
  expect((await submitRefused('"class_type":"Nope"')).failures).toEqual([
    {
      kind: 'missing_node',
      nodeId: '1',
      nodeType: 'Nope',
      field: null,
      message: "Node 'My node' not found. The custom node may not be installed.",
      nearest: [],
    },
  ]);
});

test('pitfall 20: an absent model is told apart, with the nearest that is there', async () => {
  const { failures } = await submitRefused('value_not_in_list');
  expect(failures).toMatchObject([
    { kind: 'missing_model', nodeId: '1', nodeType: 'CheckpointLoaderSimple', field: 'ckpt_name' },
  ]);
});

test('pitfall 20: a long list of models is asked for, as the refusal leaves it out', async () => {
  const { client } = await replaying('http_misc', ({ path }) =>
    path === '/api/prompt' ? { status: 400, body: longList('tiny-SD15.ckpt') } : null,
  );
  expect(await client.submit(submission())).toMatchObject({
    outcome: 'rejected',
    failures: [{ kind: 'missing_model', nearest: ['tiny_sd15.safetensors'] }],
    lingers: false,
  });
});

test('a list that cannot be asked for leaves the refusal as it is', async () => {
  const { client } = await replaying(null, ({ path }) =>
    path === '/api/prompt' ? { status: 400, body: longList('x.ckpt') } : 'drop',
  );
  expect(await client.submit(submission())).toMatchObject({
    failures: [{ kind: 'missing_model', nearest: [] }],
  });
});

test.each([
  ['value_bigger_than_max', '3', 'width', 'Value 999999 bigger than max of 16384: width'],
  [
    'custom_validation_failed',
    '1',
    'image',
    'Custom validation failed for node: image - Invalid image file: nothere.png',
  ],
  [
    'return_type_mismatch',
    '2',
    'images',
    'Return type mismatch between linked nodes: images, received_type(LATENT) mismatch input_type(IMAGE)',
  ],
  ["'99'", '2', null, "Exception when validating node: '99'"],
  [
    'dependency_cycle',
    '1',
    null,
    'Dependency cycle detected: 2 (ImageInvert) -> 1 (ImageInvert) -> 2 (ImageInvert)',
  ],
])('%s is a validation failure of its node', async (type, nodeId, field, message) => {
  const { failures } = await submitRefused(type);
  expect(failures).toContainEqual(
    expect.objectContaining({ kind: 'validation', nodeId, field, message }),
  );
});

test('every refused input is listed', async () => {
  const { failures } = await submitRefused('required_input_missing');
  expect(failures.map(({ field }) => field)).toEqual(['batch_size', 'height', 'color']);
});

test.each(['prompt_no_outputs', 'invalid_prompt_id'])(
  '%s is a refusal of the whole graph',
  async (type) => {
    const line = recordedHttp('http_misc').find(({ response }) =>
      JSON.stringify(response).includes(type),
    )!;
    const { client } = await replaying(null, () => ({ status: 400, body: line.response }));
    expect(await client.submit(submission())).toMatchObject({
      failures: [{ kind: 'invalid', nodeId: null }],
    });
  },
);

describe.each(VERSIONS)('%s', (version) => {
  const name = `${version}/http_misc`;
  /** Submits the recorded graph that was refused with an answer like this. */
  const submitLike = async (answer: RegExp) => {
    const { client } = await replaying(name);
    const line = recordedHttp(name).find(
      ({ status, response }) => status === 400 && answer.test(JSON.stringify(response)),
    );
    const { prompt } = line!.request as { prompt: Graph };
    const result = await client.submit({ ...submission(), graph: prompt });
    if (result.outcome !== 'rejected') throw new Error(result.outcome);
    return result.failures;
  };

  test('pitfall 26: an absent node class is named', async () => {
    expect(await submitLike(/Nope/)).toMatchObject([
      { kind: 'missing_node', nodeId: '1', nodeType: 'Nope' },
    ]);
  });

  test('a node without a class is no missing node', async () => {
    expect(await submitLike(/no class_type|missing the class_type/)).toMatchObject([
      { kind: 'invalid', nodeId: '1', nodeType: null },
    ]);
  });

  test('pitfall 20: an absent model is named, with its field', async () => {
    expect(await submitLike(/value_not_in_list/)).toMatchObject([
      { kind: 'missing_model', nodeType: 'CheckpointLoaderSimple', field: 'ckpt_name' },
    ]);
  });

  test('a cycle is refused', async () => {
    const [failure] = await submitLike(
      /failed_validation.*(?:"node_errors":\{\}|dependency_cycle)/,
    );
    expect(failure.message).toContain('cycle');
  });
});

test('a graph beyond the size limit is refused for good', async () => {
  const { client } = await replaying(null, () => ({
    status: 413,
    body: 'Maximum request body size',
  }));
  expect(await client.submit(submission())).toMatchObject({
    outcome: 'rejected',
    failures: [{ kind: 'invalid' }],
  });
});

describe('pitfall 6: a 200 with node errors', () => {
  const partial = recordedHttp('http_misc').find(
    ({ path, status, response }) =>
      path === '/prompt' && status === 200 && 'prompt_id' in (response as object),
  )!;
  const { prompt_id: promptId } = partial.response as { prompt_id: string };
  const job = (status: string) => ({
    body: { id: promptId, status, outputs: {}, execution_status: null },
  });
  const submitPartial = async (looks: ReturnType<Override>[]) => {
    const { client, server } = await replaying('http_misc', ({ path }) => {
      if (path.endsWith('/cancel')) return { body: { cancelled: true } };
      return path.startsWith('/api/jobs') ? looks.shift()! : null;
    });
    const { prompt } = partial.request as { prompt: Graph };
    const result = await client.submit({ ...submission(), promptId, graph: prompt });
    return { result, paths: server.seen.slice(1).map(({ method, path }) => `${method} ${path}`) };
  };
  const absent = { status: 404, body: { error: 'Job not found' } };

  test('is taken out of the queue and rejected', async () => {
    const { result, paths } = await submitPartial([absent]);
    expect(result).toMatchObject({
      outcome: 'rejected',
      failures: [{ kind: 'validation', nodeId: '3', field: 'width' }],
      lingers: false,
    });
    expect(paths).toEqual([`POST /api/jobs/${promptId}/cancel`, `GET /api/jobs/${promptId}`]);
  });

  test('is interrupted when it already runs', async () => {
    const { result, paths } = await submitPartial([job('cancelled')]);
    expect(result).toMatchObject({ outcome: 'rejected', lingers: false });
    expect(paths).toContain(`POST /api/jobs/${promptId}/cancel`);
    expect(paths.at(-1)).toBe('POST /api/history');
  });

  test('is rejected all the same while it lingers', async () => {
    const stubborn = await submitPartial([job('in_progress')]);
    expect(stubborn.result).toMatchObject({ outcome: 'rejected', lingers: true });
    const unseen = await submitPartial(['drop']);
    expect(unseen.result).toMatchObject({ outcome: 'rejected', lingers: true });
  });
});

describe('pitfall 5: an id that is not ours', () => {
  const accepted = { body: { prompt_id: 'theirs', number: 1, node_errors: {} } };

  test('is refused where ours should have been kept, and the prompt withdrawn', async () => {
    const { client, server } = await replaying(null, ({ path }) => {
      if (path === '/api/prompt') return accepted;
      if (path.endsWith('/cancel')) return { body: { cancelled: true } };
      return { status: 404, body: { error: 'Job not found' } };
    });
    const result = await client.submit(submission());
    expect(result).toMatchObject({ failures: [{ kind: 'invalid' }], lingers: false });
    expect(server.seen[1]!.path).toBe('/api/jobs/theirs/cancel');
  });

  test('is told where ComfyUI makes ids of its own', async () => {
    const { server } = await replaying(null, () => accepted);
    const client = createComfyClient({ baseUrl: server.baseUrl, version: '0.3.44' });
    expect(await client.submit(submission())).toEqual({
      outcome: 'accepted',
      promptId: 'theirs',
      number: 1,
    });
  });
});

describe('without a version', () => {
  const stats = (version: string) => ({ body: { system: { comfyui_version: version } } });

  test('the server is asked for it before anything is sent', async () => {
    const { server } = await replaying(null, ({ path }) =>
      path === '/api/system_stats'
        ? stats('0.3.43')
        : { body: { prompt_id: 'theirs', number: 1, node_errors: {} } },
    );
    const client = createComfyClient({ baseUrl: server.baseUrl });
    expect(await client.submit(submission())).toMatchObject({ promptId: 'theirs' });
    expect(server.seen[0]!.path).toBe('/api/system_stats');
  });

  test.each(['drop', { body: { hello: 'world' } }, 'hang'] as const)(
    'nothing is sent to one that answers %j',
    async (answer) => {
      const { server } = await replaying(null, () => answer);
      const client = createComfyClient({ baseUrl: server.baseUrl, timeoutMs: 500 });
      expect(await client.submit(submission())).toMatchObject({ outcome: 'not_sent' });
      expect(server.seen.map(({ path }) => path)).toEqual(['/api/system_stats']);
    },
  );
});

describe('pitfall 5: an answer that never comes', () => {
  test.each([
    ['a cut connection', 'drop' as const],
    ['a deadline', 'hang' as const],
    ['an error of the server', { status: 500, body: 'Server got itself in trouble' }],
    ['a gateway that gave up', { status: 504, body: '<html>' }],
    ['a page of somebody else', { status: 200, body: '<html>', contentType: 'text/html' }],
  ])('is unknown after %s, and nothing is sent twice', async (_, answer) => {
    const { client, server } = await replaying(null, () => answer);
    const result = await client.submit(submission(), { timeoutMs: 500 });
    expect(result).toEqual({
      outcome: 'unknown',
      cause: expect.any(ComfyUnavailableError) as unknown,
    });
    expect(server.seen).toHaveLength(1);
  });

  test('is unknown when the caller hangs up meanwhile', async () => {
    const caller = new AbortController();
    const { client } = await replaying(null, () => {
      caller.abort(new Error('shutting down'));
      return 'hang';
    });
    const result = await client.submit(submission(), { signal: caller.signal });
    expect(result).toEqual({ outcome: 'unknown', cause: new Error('shutting down') });
  });
});

test('what certainly did not arrive is told apart', async () => {
  const { client, server } = await replaying(null, () => ({ status: 403, body: '' }));
  expect(await client.submit(submission())).toMatchObject({
    outcome: 'not_sent',
    cause: { retryable: false, status: 403 },
  });
  await server.close();
  expect(await client.submit(submission())).toMatchObject({
    outcome: 'not_sent',
    cause: { retryable: true, reached: false },
  });
});

test('a caller who hung up before sends nothing', async () => {
  const client = createComfyClient({ baseUrl: 'http://127.0.0.1:1' });
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(client.submit(submission(), { signal })).rejects.toThrow('too late');
});

function longList(value: string) {
  const error = {
    type: 'value_not_in_list',
    message: 'Value not in list',
    details: `ckpt_name: '${value}' not in (list of length 44)`,
    extra_info: { input_name: 'ckpt_name', input_config: null, received_value: value },
  };
  return {
    error: { type: 'prompt_outputs_failed_validation', message: 'x', details: '', extra_info: {} },
    node_errors: {
      '4': { errors: [error], dependent_outputs: ['9'], class_type: 'CheckpointLoaderSimple' },
    },
  };
}
