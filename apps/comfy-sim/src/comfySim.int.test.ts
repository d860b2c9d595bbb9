import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import {
  checkpoints,
  eventually,
  graphOf,
  quick,
  SimClient,
  slowGraph,
  type Body,
} from './fixtures/simClient';
import { createComfySim, type ComfySim } from './index';

let sim: ComfySim;
let client: SimClient;

beforeAll(async () => {
  sim = createComfySim(quick);
  client = new SimClient((await sim.start()).url);
});

afterAll(() => sim.stop());

function plainPng(background: string): Promise<Buffer> {
  const picture = sharp({ create: { width: 40, height: 60, channels: 3, background } });
  return picture.png().toBuffer();
}

describe('pictures', () => {
  test('txt2img draws a PNG of exactly the latent size, with the graph in a text chunk', async () => {
    const [file] = await client.run(graphOf({ prefix: 'jobs/a/img' }));
    expect(file).toEqual({ filename: 'img_00001_.png', subfolder: 'jobs/a', type: 'output' });
    const png = await client.download(file);
    expect(await sharp(png).metadata()).toMatchObject({
      format: 'png',
      width: 256,
      height: 384,
      channels: 3,
    });
    expect(png.includes('tEXtprompt\0{')).toBe(true);
    expect(png.includes('a w\\u00e4rrior in blue armour')).toBe(true);
  });

  test('the same graph gives the same bytes on another server, another seed does not', async () => {
    const other = createComfySim(quick);
    const there = new SimClient((await other.start()).url);
    const draw = async (at: SimClient, seed: number) =>
      at.download((await at.run(graphOf({ seed })))[0]);
    const first = await draw(client, 5);
    expect((await draw(there, 5)).equals(first)).toBe(true);
    expect((await draw(there, 6)).equals(first)).toBe(false);
    await other.stop();
  });

  test('a picture below colours the result', async () => {
    await client.upload(await plainPng('#30a040'), 'green.png');
    await client.upload(await plainPng('#a03040'), 'red.png');
    const [green] = await client.run(graphOf({ input: 'green.png' }));
    const [red] = await client.run(graphOf({ input: 'red.png' }));
    const means = await Promise.all(
      [green, red].map(async (file) => (await sharp(await client.download(file)).stats()).channels),
    );
    expect(means[0]?.[1]?.mean).toBeGreaterThan(means[1]?.[1]?.mean ?? 0);
  });

  test('a repeated graph shows the old file, a new prefix writes a new one', async () => {
    const [first] = await client.run(graphOf({ seed: 50, prefix: 'again' }));
    expect(await client.run(graphOf({ seed: 50, prefix: 'again' }))).toEqual([first]);
    expect(await client.run(graphOf({ seed: 51, prefix: 'again' }))).toMatchObject([
      { filename: 'again_00002_.png' },
    ]);
  });

  test('models load when they are not in memory, and only the latest stay', async () => {
    const names = [0, 1, 0, 2, 1].map((at) => checkpoints[at] ?? '');
    await client.post('/free', { free_memory: true });
    for (const [seed, checkpoint] of names.entries())
      await client.run(graphOf({ seed: seed + 90, checkpoint }));
    const loads = sim
      .executions()
      .slice(-5)
      .map((execution) => execution.model_loads);
    expect(loads).toEqual([1, 1, 0, 1, 1]);
  });

  test('a batch beyond the memory of the card is an out-of-memory error', async () => {
    const graph = graphOf();
    graph['5'] = {
      class_type: 'EmptyLatentImage',
      inputs: { width: 16384, height: 16384, batch_size: 1 },
    };
    const id = await client.submit(graph);
    const job = await eventually(async () => {
      const found = await client.get(`/api/jobs/${id}`);
      return found['status'] === 'failed' ? found : undefined;
    });
    expect(job['execution_error']).toMatchObject({
      exception_type: 'torch.OutOfMemoryError',
      node_id: '5',
    });
  });

  test('pictures are inverted, cropped to the latent grid, and decoded from an empty latent', async () => {
    const loader = { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoints[0] } };
    const save = (from: string) => ({
      class_type: 'SaveImage',
      inputs: { images: [from, 0], filename_prefix: 'plain/%year%/%width%x%height%' },
    });
    const files = await client.run({
      1: { class_type: 'EmptyImage', inputs: { width: 21, height: 17, batch_size: 1, color: 0 } },
      2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
      3: loader,
      4: { class_type: 'VAEEncode', inputs: { pixels: ['2', 0], vae: ['3', 2] } },
      5: { class_type: 'VAEDecode', inputs: { samples: ['4', 0], vae: ['3', 2] } },
      6: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 72, batch_size: 2 } },
      7: { class_type: 'VAEDecode', inputs: { samples: ['6', 0], vae: ['3', 2] } },
      8: save('5'),
      9: save('7'),
    });
    const year = String(new Date().getFullYear());
    const names = files.map(({ subfolder, filename }) => `${subfolder}/${filename}`).sort();
    expect(names).toEqual(
      ['16x16_00001_', '64x72_00001_', '64x72_00002_'].map((name) => `plain/${year}/${name}.png`),
    );
    const inverted = files.find(({ filename }) => filename.startsWith('16'));
    const { channels } = await sharp(await client.download(inverted)).stats();
    expect(channels.map(({ min }) => min)).toEqual([255, 255, 255]);
  });

  test('a prefix that leaves the output folder fails the node', async () => {
    const entry = await client.finished(await client.submit(graphOf({ prefix: '../../escape' })));
    expect(JSON.stringify(entry['status'])).toContain('outside the output folder is not allowed');
  });

  test('previews come in the layout the client can read', async () => {
    const frames = async (clientId: string, flags: Body) => {
      const socket = new WebSocket(`${client.url}/ws?clientId=${clientId}`);
      const binaries: Buffer[] = [];
      socket.on('message', (frame, isBinary) => isBinary && binaries.push(frame as Buffer));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ type: 'feature_flags', data: flags }));
      await new Promise((resolve) => socket.once('message', resolve));
      const extra_data = { preview_method: 'latent2rgb' };
      await client.post('/prompt', {
        prompt: graphOf({ seed: binaries.length + clientId.length }),
        extra_data,
        client_id: clientId,
      });
      await eventually(
        () =>
          new Promise<true | undefined>((resolve) =>
            setImmediate(() => {
              resolve(binaries.length >= 3 || undefined);
            }),
          ),
      );
      socket.close();
      return binaries;
    };
    const [legacy] = await frames('old', {});
    expect([legacy?.readUInt32BE(0), legacy?.readUInt32BE(4)]).toEqual([1, 1]);
    const [modern] = await frames('newer', { supports_preview_metadata: true });
    const length = modern?.readUInt32BE(4) ?? 0;
    expect(modern?.readUInt32BE(0)).toBe(4);
    expect(JSON.parse(modern?.subarray(8, 8 + length).toString() ?? '')).toMatchObject({
      node_id: '3',
      image_type: 'image/jpeg',
    });
    expect((await sharp(modern?.subarray(8 + length)).metadata()).format).toBe('jpeg');
  });
});

describe('queue', () => {
  test('a pending prompt is dequeued, a running one interrupted, a finished one left', async () => {
    const [running, pending] = [
      await client.submit(slowGraph(1)),
      await client.submit(slowGraph(2)),
    ];
    expect(await client.get(`/api/jobs/${pending}`)).toMatchObject({
      status: 'pending',
      outputs_count: 0,
    });
    expect(await client.post('/interrupt', { prompt_id: pending })).toEqual({ status: 200 });
    expect(await client.post(`/api/jobs/${pending}/cancel`, {})).toEqual({
      status: 200,
      cancelled: true,
    });
    expect(await client.status(`/api/jobs/${pending}`)).toBe(404);
    await eventually(
      async () =>
        (await client.get(`/api/jobs/${running}`))['status'] === 'in_progress' || undefined,
    );
    expect(await client.post(`/api/jobs/${running}/cancel`, {})).toEqual({
      status: 200,
      cancelled: true,
    });
    await eventually(
      async () => (await client.get(`/api/jobs/${running}`))['status'] === 'cancelled' || undefined,
    );
    expect(await client.post(`/api/jobs/${running}/cancel`, {})).toEqual({
      status: 200,
      cancelled: false,
    });
    expect(sim.executions().at(-1)).toMatchObject({ prompt_id: running, outcome: 'interrupted' });
  });

  test('front goes before number, number before the rest', async () => {
    const blocker = await client.submit(slowGraph(3));
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    await client.post('/prompt', { prompt: slowGraph(4), prompt_id: ids[0] });
    await client.post('/prompt', { prompt: slowGraph(5), prompt_id: ids[1], number: 0.5 });
    await client.post('/prompt', { prompt: slowGraph(6), prompt_id: ids[2], front: true });
    const queue = (await client.get('/queue'))['queue_pending'] as [number, string][];
    const order = queue.sort((a, b) => a[0] - b[0]).map(([, id]) => id);
    expect(order).toEqual([ids[2], ids[1], ids[0]]);
    await client.post('/queue', { clear: true });
    await client.post('/interrupt', {});
    await eventually(async () => (await client.get('/history'))[blocker]);
  });

  test('history pages count from the newest, or with an offset from the oldest', async () => {
    const all = Object.keys(await client.get('/history'));
    expect(Object.keys(await client.get('/history?max_items=2'))).toEqual(all.slice(-2));
    expect(Object.keys(await client.get('/history?max_items=1&offset=1'))).toEqual(all.slice(1, 2));
    expect(await client.get('/history?max_items=0')).toEqual({});
    expect(await client.status(`/history?max_items=two`)).toBe(500);
    await client.post('/history', { delete: [all[0]] });
    expect(Object.keys(await client.get('/history'))).toEqual(all.slice(1));
  });

  test('jobs are filtered and paged', async () => {
    const page = await client.get('/api/jobs?status=cancelled&limit=1&sort_order=asc');
    expect(page).toMatchObject({
      jobs: [{ status: 'cancelled' }],
      pagination: { limit: 1, offset: 0 },
    });
    expect(await client.status(`/api/jobs?status=odd`)).toBe(400);
    expect(await client.status(`/jobs`)).toBe(404);
  });
});
