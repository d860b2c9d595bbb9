import { randomUUID } from 'node:crypto';
import { givenSim, smallGraph, stopSims } from './faults/fixtures/givenSim';
import { slowGraph, viewPath, type Body } from './fixtures/simClient';
import { comfyVersions, type ComfyVersion } from './options';

afterEach(stopSims);

/** What a client may rely on, by version, oldest first. */
function byVersion<T>(...values: [T, T, T, T]): [ComfyVersion, T][] {
  return comfyVersions.map((version, index) => [version, values[index] as T]);
}

describe('prompt ids', () => {
  const own = randomUUID();

  test.each(byVersion('another', own, own, own))('%s: a UUID becomes %s', async (version, id) => {
    const { client } = await givenSim({ version });
    const answer = await client.post('/prompt', { prompt: smallGraph(), prompt_id: own });
    expect(answer['status']).toBe(200);
    if (id === own) expect(answer['prompt_id']).toBe(own);
    else expect(answer['prompt_id']).not.toBe(own);
  });

  test.each(byVersion(undefined, 'None', 'None', undefined))(
    '%s: null is taken for %s',
    async (version, id) => {
      const { client } = await givenSim({ version });
      const { prompt_id } = await client.post('/prompt', { prompt: smallGraph(), prompt_id: null });
      if (id === undefined) expect(prompt_id).toMatch(/^[0-9a-f-]{36}$/);
      else expect(prompt_id).toBe(id);
    },
  );
});

describe('what the queue and the history keep of extra_data', () => {
  const secret = { api_key_comfy_org: 'secret' };

  test.each(byVersion([true, true], [true, false], [false, false], [false, false]))(
    '%s: the secret in queue and history: %j',
    async (version, [inQueue, inHistory]) => {
      const { client } = await givenSim({ version });
      const body = { prompt: slowGraph(1), extra_data: secret };
      const { prompt_id } = await client.post('/prompt', body);
      expect(JSON.stringify(await client.get('/queue')).includes('secret')).toBe(inQueue);
      await client.post('/interrupt', {});
      const entry = await client.finished(String(prompt_id));
      expect(JSON.stringify(entry).includes('secret')).toBe(inHistory);
    },
  );

  test.each(byVersion([], [], ['create_time'], ['comfy_usage_source', 'create_time']))(
    '%s adds %j',
    async (version, added) => {
      const { client } = await givenSim({ version });
      const response = await fetch(`${client.url}/prompt`, {
        method: 'POST',
        headers: { 'comfy-usage-source': 'test' },
        body: JSON.stringify({ prompt: smallGraph() }),
      });
      const { prompt_id } = (await response.json()) as { prompt_id: string };
      const { prompt } = (await client.finished(prompt_id)) as { prompt: Body[] };
      expect(Object.keys(prompt[3] ?? {})).toEqual(added);
    },
  );
});

test.each(byVersion(true, false, false, false))(
  '%s: an interruption of another prompt stops this one: %s',
  async (version, stops) => {
    const { client, listen } = await givenSim({ version });
    const socket = await listen('a');
    const body = { prompt: slowGraph(1), client_id: 'a' };
    const { prompt_id } = await client.post('/prompt', body);
    await socket.hears('progress');
    await client.post('/interrupt', { prompt_id: randomUUID() });
    if (!stops) await client.post('/interrupt', { prompt_id });
    const types = await socket.whole(String(prompt_id));
    expect(types).toContain('execution_interrupted');
  },
);

test.each(byVersion(200, 200, 200, 403))(
  '%s: a page of another site gets %d',
  async (version, status) => {
    const { client } = await givenSim({ version });
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await fetch(`${client.url}/queue`, { headers })).status).toBe(status);
  },
);

test.each(byVersion(['3', '4'], ['3'], ['3'], ['3']))(
  '%s: of outputs 3 and 4, with 3 as target, %j run',
  async (version, outputs) => {
    const { client } = await givenSim({ version });
    const preview = { class_type: 'PreviewImage', inputs: { images: ['2', 0] } };
    const body = { prompt: { ...smallGraph(), 4: preview }, partial_execution_targets: ['3'] };
    const { prompt_id } = await client.post('/prompt', body);
    const entry = await client.finished(String(prompt_id));
    expect(Object.keys(entry['outputs'] as Body)).toEqual(outputs);
  },
);

test.each(byVersion('b', 'a', 'a', 'a'))(
  '%s: a page of one from offset 0 shows %s, of a and b',
  async (version, shown) => {
    const { client } = await givenSim({ version });
    const ids: Record<string, string> = {};
    for (const name of ['a', 'b']) {
      const { prompt_id } = await client.post('/prompt', { prompt: smallGraph() });
      ids[name] = String(prompt_id);
      await client.finished(String(prompt_id));
    }
    const page = await client.get('/history?max_items=1&offset=0');
    expect(Object.keys(page)).toEqual([ids[shown]]);
  },
);

test.each(byVersion(null, null, null, 'nosniff'))(
  '%s: a file is sent with x-content-type-options %s',
  async (version, value) => {
    const { client } = await givenSim({ version });
    const { prompt_id } = await client.post('/prompt', { prompt: smallGraph() });
    const { outputs } = await client.finished(String(prompt_id));
    const { images } = (outputs as Record<string, { images: never[] }>)['3'] ?? { images: [] };
    const file = images[0];
    expect(file).toBeDefined();
    const response = await fetch(client.url + viewPath(file as never));
    expect([response.status, response.headers.get('x-content-type-options')]).toEqual([200, value]);
  },
);

test.each(byVersion(0, 0, 3, 3))(
  '%s: extra_data.preview_method brings %d previews',
  async (version, count) => {
    const { client, listen } = await givenSim({ version });
    const socket = await listen('a');
    let previews = 0;
    socket.socket.on('message', (_frame, isBinary) => {
      if (isBinary) previews += 1;
    });
    const sampling = { latent_image: ['5', 0], model: ['4', 0] };
    const prompt = {
      4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'photo.safetensors' } },
      5: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
      6: { class_type: 'CLIPTextEncode', inputs: { text: 'a cat', clip: ['4', 1] } },
      3: {
        class_type: 'KSampler',
        inputs: {
          ...{ seed: 1, steps: 3, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
          ...{ positive: ['6', 0], negative: ['6', 0], ...sampling },
        },
      },
      8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
      9: { class_type: 'PreviewImage', inputs: { images: ['8', 0] } },
    };
    const extra_data = { preview_method: 'latent2rgb' };
    const { prompt_id } = await client.post('/prompt', { prompt, client_id: 'a', extra_data });
    await socket.whole(String(prompt_id));
    expect(previews).toBe(count);
  },
);
