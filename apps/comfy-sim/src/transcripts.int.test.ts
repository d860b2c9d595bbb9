import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createComfySim, type ComfySim } from './index';

interface RecordedEvent {
  ms: number;
  ev: 'http' | 'ws_open' | 'ws_text' | 'ws_close';
  client: string;
  clientId: string;
  method: string;
  path: string;
  request: unknown;
  status: number;
  contentType: string | null;
  response: unknown;
  data: unknown;
}

// A recorded request may carry a time slightly after frames that it caused itself.
const slackMs = 5;
const deadlineMs = 10_000;

async function readTranscript(name: string): Promise<RecordedEvent[]> {
  const text = await readFile(join(__dirname, 'fixtures', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedEvent);
}

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('what the recording shows did not happen');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Does what the recorded clients did, and hears what they would hear. */
class Replay {
  readonly frames = new Map<string, unknown[]>();
  readonly responses: unknown[] = [];
  private readonly sockets = new Map<string, WebSocket>();
  private readonly ids = new Map<unknown, unknown>();

  constructor(
    private readonly url: string,
    private readonly events: readonly RecordedEvent[],
  ) {}

  async run(): Promise<void> {
    for (const event of this.events) {
      if (event.ev === 'ws_text') continue;
      await this.catchUp(event.ms - slackMs);
      if (event.ev === 'ws_open') await this.open(event);
      else if (event.ev === 'ws_close') await this.close(event.client);
      else this.responses.push(await this.request(event));
    }
  }

  recordedFrames(client: string, before = Infinity): unknown[] {
    const frames = this.events.filter((e) => e.ev === 'ws_text' && e.client === client);
    return frames.filter((e) => e.ms <= before).map((e) => e.data);
  }

  get recordedResponses(): unknown[] {
    return this.events.filter((e) => e.ev === 'http').map((e) => e.response);
  }

  private async catchUp(ms: number): Promise<void> {
    await eventually(() =>
      [...this.frames].every(
        ([client, frames]) => frames.length >= this.recordedFrames(client, ms).length,
      ),
    );
  }

  private async open({ client, clientId }: RecordedEvent): Promise<void> {
    const socket = new WebSocket(`${this.url}/ws?clientId=${clientId}`);
    const frames: unknown[] = [];
    this.sockets.set(client, socket);
    this.frames.set(client, frames);
    socket.on('message', (frame) => frames.push(JSON.parse((frame as Buffer).toString())));
    await eventually(() => frames.length > 0);
  }

  private async close(client: string): Promise<void> {
    this.sockets.get(client)?.close();
    await eventually(() => this.sockets.get(client)?.readyState === WebSocket.CLOSED);
  }

  private async request(event: RecordedEvent): Promise<unknown> {
    const path = [...this.ids].reduce(
      (whole, [from, to]) => whole.replace(String(from), String(to)),
      event.path,
    );
    const request = JSON.stringify(event.request);
    const body = [...this.ids].reduce(
      (whole, [from, to]) => whole.replaceAll(String(from), String(to)),
      request,
    );
    if (event.path.startsWith('/history/') && Object.keys(event.response as object).length > 0) {
      await eventually(async () => (await (await fetch(this.url + path)).text()) !== '{}');
    }
    const response = await fetch(this.url + path, {
      method: event.method,
      ...(event.method === 'POST' ? { body } : {}),
    });
    expect([event.path, response.status]).toEqual([event.path, event.status]);
    expect([event.path, response.headers.get('content-type')]).toEqual([
      event.path,
      event.contentType,
    ]);
    const text = await response.text();
    const answer: unknown = text === '' ? '' : JSON.parse(text);
    const recordedId = (event.response as { prompt_id?: string }).prompt_id;
    if (recordedId) this.ids.set(recordedId, (answer as { prompt_id: string }).prompt_id);
    return answer;
  }
}

/** Takes out what differs from run to run: ids, times, file numbers, orders of Python sets. */
function normalise(value: unknown): unknown {
  const ids = new Map<string, string>();
  const nameId = (id: string) => {
    if (!ids.has(id)) ids.set(id, `prompt ${ids.size}`);
    return ids.get(id) ?? '';
  };
  const walk = (item: unknown, key?: string): unknown => {
    if (key === 'traceback') return 'traceback';
    if (typeof item === 'number' && item > 1e12 && item < 1e13) return 'time';
    if (typeof item === 'string') {
      return item
        .replace(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, nameId)
        .replace(/_temp_[a-z]{5}_/, '_temp_letters_')
        .replace(/_\d{5}_\.png/, '_counter_.png');
    }
    if (Array.isArray(item)) {
      const items = item.map((each) => walk(each));
      return key === 'executed' || key === 'current_outputs' ? items.sort() : items;
    }
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item).map(([name, each]) => [walk(name), walk(each, name)]),
    );
  };
  return walk(value);
}

describe('dialogues recorded from ComfyUI 0.33.0', () => {
  let directory: string;
  let sim: ComfySim;
  let url: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'comfy-sim-'));
    sim = createComfySim({ port: 0, directory, historyGapMs: 5 });
    ({ url } = await sim.start());
  });

  afterAll(async () => {
    await sim.stop();
    await rm(directory, { recursive: true });
  });

  async function replay(name: string): Promise<Replay> {
    const run = new Replay(url, await readTranscript(name));
    await run.run();
    return run;
  }

  function expectSameFrames(run: Replay): void {
    for (const [client, frames] of run.frames) {
      expect([client, normalise(frames)]).toEqual([client, normalise(run.recordedFrames(client))]);
    }
  }

  // In this order: a dialogue builds on the cache and the numbers of the ones before it.
  test.each([
    'success',
    'fully_cached',
    'fully_cached_no_client',
    'no_client_id',
    'node_error',
    'node_oom',
    'interrupted',
  ])('%s: same messages, same order, same fields', async (name) => {
    const run = await replay(name);
    expectSameFrames(run);
    expect(normalise(run.responses)).toEqual(normalise(run.recordedResponses));
  });

  test('two_queued: A and B each hear their own run, and the queue of both', async () => {
    // The recording starts at number 9; a refused prompt uses up a number, too.
    for (let number = 7; number < 9; number += 1) {
      await fetch(`${url}/prompt`, { method: 'POST', body: '{}' });
    }
    await fetch(`${url}/free`, { method: 'POST', body: '{"free_memory":true}' });
    const run = await replay('two_queued');
    // When B's arrival is told in the middle of A's messages is a matter of microseconds.
    const isArrival = (frame: unknown) => JSON.stringify(frame).includes('"queue_remaining":2');
    for (const [client, frames] of run.frames) {
      const recorded = run.recordedFrames(client);
      expect(frames.filter(isArrival)).toHaveLength(recorded.filter(isArrival).length);
      const rest = (all: unknown[]) => normalise(all.filter((frame) => !isArrival(frame)));
      expect([client, rest(frames)]).toEqual([client, rest(recorded)]);
    }
    expect(normalise(run.responses)).toEqual(normalise(run.recordedResponses));
  });

  test('reconnect: the node is replayed, and the close of an old socket silences the new one', async () => {
    const run = await replay('reconnect');
    // Nobody waits between the dialogue's steps here, so the numbers of the ticks differ.
    const withoutTicks = (frames: unknown) =>
      JSON.parse(
        JSON.stringify(normalise(frames)).replaceAll(/"value":\d+/g, '"value":0'),
      ) as unknown;
    for (const [client, frames] of run.frames) {
      const recorded = run.recordedFrames(client);
      expect([client, withoutTicks(frames)]).toEqual([client, withoutTicks(recorded)]);
    }
  });
});

describe('single requests recorded from ComfyUI 0.33.0', () => {
  // They hang on the recording machine, on what ran there before, or on nodes not simulated.
  const left = /max_items|jobs\?limit|\/users|ResizeImageMask/;

  test('every request is answered alike', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'comfy-sim-'));
    await mkdir(join(directory, 'input'));
    for (const name of ['a.png', 'a (1).png'])
      await writeFile(join(directory, 'input', name), name);
    const checkpoints = ['tiny_sd15.safetensors'];
    const sim = createComfySim({ port: 0, directory, checkpoints });
    const { url } = await sim.start();
    const events = await readTranscript('http_misc');
    const run = new Replay(
      url,
      events.filter((event) => !left.test(event.path)),
    );
    await run.run();
    await sim.stop();
    await rm(directory, { recursive: true });
    const sorted = (value: unknown) =>
      JSON.parse(JSON.stringify(normalise(value)), (key, item: unknown) => {
        if (key === 'number') return 'number';
        if (key !== 'errors' || !Array.isArray(item)) return item;
        return item.map((each) => JSON.stringify(each)).sort();
      }) as unknown[];
    const [answers, recorded] = [sorted(run.responses), sorted(run.recordedResponses)];
    recorded.forEach((response, index) => {
      expect(answers[index]).toEqual(response);
    });
  });
});
