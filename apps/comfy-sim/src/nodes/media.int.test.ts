import { setImmediate as turn } from 'node:timers/promises';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { GraphWriter } from '../fixtures/nodeGraphs';
import { eventually, SimClient, type Body, type ImageFile } from '../fixtures/simClient';
import { createComfySim, type ComfySim } from '../index';

let sim: ComfySim;
let client: SimClient;

beforeAll(async () => {
  sim = createComfySim({ port: 0, stepMs: 0, loadMs: 0, historyGapMs: 1 });
  client = new SimClient((await sim.start()).url);
});

afterAll(() => sim.stop());

type Shown = Record<string, (ImageFile & Body)[] & unknown[]>;

/** Runs a graph and returns what its only showing node showed, and its file. */
async function shown(writer: GraphWriter): Promise<{ ui: Shown; file: Buffer; job: Body }> {
  const id = await client.submit(writer.graph);
  const outputs = (await client.finished(id))['outputs'] as Record<string, Shown>;
  const [ui = {}] = Object.values(outputs);
  const [first] = Object.values(ui)[0] ?? [];
  const file = typeof first === 'object' ? await client.download(first) : Buffer.of();
  return { ui, file, job: await client.get(`/api/jobs/${id}`) };
}

/** Three frames of different colours. */
function frames(writer: GraphWriter) {
  const plain = (color: number) =>
    writer.add('EmptyImage', { width: 40, height: 32, batch_size: 1, color })();
  return writer.add('BatchImagesNode', {
    'images.image0': plain(0xd0_20_20),
    'images.image1': plain(0x20_d0_20),
    'images.image2': plain(0x20_20_d0),
  })();
}

test('an animated WebP has every frame and is told to be animated', async () => {
  const writer = new GraphWriter();
  const images = frames(writer);
  const rest = { fps: 5, lossless: true, quality: 80, method: 'default' };
  writer.add('SaveAnimatedWEBP', { images, filename_prefix: 'moving', ...rest });
  const { ui, file, job } = await shown(writer);
  expect(ui).toMatchObject({ images: [{ filename: 'moving_00001_.webp' }], animated: [true] });
  expect(await sharp(file, { animated: true }).metadata()).toMatchObject({
    ...{ format: 'webp', pages: 3, pageHeight: 32, width: 40, delay: [200, 200, 200] },
  });
  expect(job).toMatchObject({ outputs_count: 1, preview_output: { mediaType: 'images' } });
});

test('an animated PNG has a frame control for every frame, and the first is a still picture', async () => {
  const writer = new GraphWriter();
  const images = frames(writer);
  writer.add('SaveAnimatedPNG', { images, filename_prefix: 'still', fps: 5, compress_level: 4 });
  const { ui, file } = await shown(writer);
  expect(ui).toMatchObject({ images: [{ filename: 'still_00001_.png' }], animated: [true] });
  expect(file.toString('latin1').split('fcTL')).toHaveLength(4);
  expect((await sharp(file).stats()).dominant.r).toBeGreaterThan(190);
});

test('a GIF is shown under its own name, there and back', async () => {
  const writer = new GraphWriter();
  writer.add('VHS_VideoCombine', {
    ...{ images: frames(writer), frame_rate: 10, loop_count: 0, filename_prefix: 'film' },
    ...{ format: 'image/gif', pingpong: true, save_output: true },
  });
  const { ui, file } = await shown(writer);
  expect(ui).toMatchObject({ gifs: [{ filename: 'film_00001.gif', format: 'image/gif' }] });
  const { format, pages } = await sharp(file, { animated: true }).metadata();
  expect([format, pages]).toEqual(['gif', 4]);
});

test('a video is an MP4 file', async () => {
  const writer = new GraphWriter();
  const video = writer.add('CreateVideo', { images: frames(writer), fps: 4 })();
  writer.add('SaveVideo', { video, filename_prefix: 'video/film', format: 'auto', codec: 'auto' });
  const { ui, file } = await shown(writer);
  expect(ui).toMatchObject({
    images: [{ filename: 'film_00001_.mp4', subfolder: 'video' }],
    animated: [true],
  });
  expect(file.toString('latin1', 4, 12)).toBe('ftypisom');
});

test('audio is a FLAC file', async () => {
  const writer = new GraphWriter();
  const audio = writer.add('EmptyAudio', { duration: 20, sample_rate: 44_100, channels: 2 })();
  writer.add('SaveAudio', { audio, filename_prefix: 'audio/quiet' });
  const { ui, file, job } = await shown(writer);
  expect(ui).toMatchObject({ audio: [{ filename: 'quiet_00001.flac', subfolder: 'audio' }] });
  expect(file.toString('latin1', 0, 4)).toBe('fLaC');
  expect(job).toMatchObject({ preview_output: { mediaType: 'audio' } });
});

test('a mesh is a binary glTF file', async () => {
  const writer = new GraphWriter();
  const mesh = writer.add('LabMesh', { size: 2 })();
  writer.add('SaveGLB', { mesh, filename_prefix: '3d/cube' });
  const { ui, file, job } = await shown(writer);
  expect(ui).toMatchObject({ '3d': [{ filename: 'cube_00001_.glb', subfolder: '3d' }] });
  expect([file.toString('latin1', 0, 4), file.readUInt32LE(8)]).toEqual(['glTF', file.length]);
  expect(job).toMatchObject({ preview_output: { mediaType: '3d' } });
});

test('text is shown as text, and stands for a prompt without files', async () => {
  const writer = new GraphWriter();
  const source = writer.add('PrimitiveString', { value: 'höre' })();
  writer.add('PreviewAny', { source });
  const { ui, job } = await shown(writer);
  expect(ui).toEqual({ text: ['höre'] });
  const preview_output = { content: 'höre', mediaType: 'text', nodeId: '2' };
  expect(job).toMatchObject({ outputs_count: 0, preview_output });
});

test('text can be saved', async () => {
  const writer = new GraphWriter();
  const text = writer.add('PrimitiveStringMultiline', { value: 'one\ntwo' })();
  writer.add('SaveText', { text, filename_prefix: 'note', format: 'md' });
  const { ui } = await shown(writer);
  expect(ui).toMatchObject({ text: ['one\ntwo'], files: [{ filename: 'note_00001.md' }] });
});

test('pictures over the socket come as PNG frames, each time anew', async () => {
  const received: Buffer[] = [];
  const socket = new WebSocket(`${client.url.replace('http', 'ws')}/ws?clientId=watcher`);
  socket.binaryType = 'nodebuffer';
  socket.on('message', (data, isBinary) => isBinary && received.push(data as Buffer));
  await new Promise((resolve) => socket.once('open', resolve));
  const writer = new GraphWriter();
  writer.add('SaveImageWebsocket', { images: frames(writer) });
  for (const times of [3, 6]) {
    await client.finished(await client.submit(writer.graph, { client_id: 'watcher' }));
    // The client asks over another connection than the frames come.
    await eventually(async () => (await turn(), received.length >= times || undefined));
  }
  socket.close();
  const [first = Buffer.of()] = received;
  expect([first.readUInt32BE(0), first.readUInt32BE(4)]).toEqual([1, 2]);
  expect(await sharp(first.subarray(8)).metadata()).toMatchObject({ format: 'png', width: 40 });
});
