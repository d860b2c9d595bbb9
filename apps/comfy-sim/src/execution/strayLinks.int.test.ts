import { eventually } from '@avatarforge/testing';
import { createComfySim, type ComfySim } from '../comfySim';
import type { ComfyVersion } from '../options';

const graph = (extra: object, others: object = {}) => ({
  1: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
  9: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a', ...extra } },
  ...others,
});

let sim: ComfySim;
let url: string;

async function given(version: ComfyVersion): Promise<void> {
  sim = createComfySim({ port: 0, version });
  ({ url } = await sim.start());
}

afterEach(() => sim.stop());

async function post(prompt: object): Promise<Response> {
  return fetch(`${url}/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) });
}

async function outcomeOf(prompt: object): Promise<string | null | undefined> {
  const before = sim.executions().length;
  expect((await post(prompt)).status).toBe(200);
  await eventually(() => sim.executions()[before]?.ended_at != null);
  return sim.executions()[before]?.outcome;
}

/** Whether the prompt runs for ever, with the ones behind it waiting, while HTTP lives on. */
async function kills(prompt: object): Promise<boolean> {
  expect((await post(prompt)).status).toBe(200);
  await eventually(() => sim.executions().length > 0);
  await post(graph({}));
  // A small graph is over long before that many requests are.
  for (let asked = 0; asked < 30; asked += 1) {
    const queue = (await (await fetch(`${url}/queue`)).json()) as Record<string, unknown[]>;
    const lengths = [queue['queue_running']?.length, queue['queue_pending']?.length];
    if (lengths.join() !== '1,1') return false;
  }
  return true;
}

test('a link in an input that no class declares fails the node', async () => {
  await given('0.33.0');
  expect(await outcomeOf(graph({ extra: ['1', 0] }))).toBe('error');
  expect(
    await outcomeOf(graph({}, { 5: { class_type: 'ImageInvert', inputs: { x: ['1', 0] } } })),
  ).toBe('success');
});

test.each(['0.3.43', '0.3.64', '0.18.0', '0.33.0'] as const)(
  'on %s such a link to a missing node ends the worker',
  async (version) => {
    await given(version);
    expect(await kills(graph({ extra: ['77', 0] }))).toBe(true);
  },
);

test.each(['constructor', '__proto__', 'toString'])(
  'a node that no output needs may be linked to %s',
  async (name) => {
    await given('0.33.0');
    const stray = { 5: { class_type: 'ImageInvert', inputs: { image: [name, 0] } } };
    expect(await outcomeOf(graph({}, stray))).toBe('success');
  },
);

test.each([
  ['0.3.64', null, 200],
  ['0.3.64', undefined, 200],
  ['0.18.0', null, 500],
  ['0.18.0', [], 500],
  ['0.18.0', undefined, 200],
] as const)(
  'on %s inputs that are %j, where no output needs them: %d',
  async (version, inputs, status) => {
    await given(version);
    const prompt = graph({}, { 5: { class_type: 'EmptyImage', inputs } });
    if (status === 200) expect(await kills(prompt)).toBe(true);
    else expect((await post(prompt)).status).toBe(status);
  },
);
