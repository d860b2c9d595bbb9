import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { newId } from '@avatarforge/core';
import { listCapabilities } from '@avatarforge/db';
import { openFile } from '@avatarforge/services';
import { afterTests, eventually } from '@avatarforge/testing';
import sharp from 'sharp';
import { givenFile, givenSystem, type System } from './fixtures/givenSystem';

let system: System;

beforeAll(async () => {
  system = await givenSystem();
  const worker = await system.startWorker();
  afterTests(() => worker.release());
  await eventually(async () => (await listCapabilities(system.database)).length > 0);
}, 60_000);

async function bytesOf(fileId: string): Promise<Buffer> {
  const file = await openFile(system, { ctx: system.ctx, id: fileId });
  return buffer(await file.open());
}

test('a graph without models goes through the whole system, with an uploaded picture in it', async () => {
  const create = { width: 64, height: 64, channels: 3, background: '#102030' } as const;
  const bytes = await sharp({ create }).png().toBuffer();
  const id = newId();
  await givenFile(system, { id, bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
  const image = { __type: 'core/ASSET', info: { id } };
  const { id: generationId } = await system.create({
    graph: {
      a: { class_type: 'LoadImage', inputs: { image } },
      b: { class_type: 'ImageInvert', inputs: { image: ['a', 0] } },
      c: { class_type: 'SaveImage', inputs: { images: ['b', 0], filename_prefix: '../../x' } },
    },
  });
  const generation = await system.final(generationId);
  expect(generation).toMatchObject({ status: 'completed', workflow: 'graph' });
  const [output] = generation.outputs;
  expect(output).toMatchObject({ mimeType: 'image/png', width: 64, height: 64, seed: null });
  const pixel = await sharp(await bytesOf(output!.fileId))
    .extract({ left: 9, top: 9, width: 1, height: 1 })
    .removeAlpha()
    .raw()
    .toBuffer();
  expect([...pixel]).toEqual([0xef, 0xdf, 0xcf]);
});

test('what is no picture is kept as well', async () => {
  const picture = {
    class_type: 'EmptyImage',
    inputs: { width: 64, height: 64, batch_size: 2, color: 255 },
  };
  const prefix = { filename_prefix: 'x' };
  const { id } = await system.create({
    graph: {
      1: picture,
      2: { class_type: 'PreviewAny', inputs: { source: 'a text' } },
      3: { class_type: 'EmptyAudio', inputs: { duration: 0.1, sample_rate: 44100, channels: 2 } },
      4: { class_type: 'SaveAudio', inputs: { audio: ['3', 0], ...prefix } },
      5: {
        class_type: 'SaveAnimatedWEBP',
        inputs: {
          images: ['1', 0],
          fps: 6,
          lossless: true,
          quality: 80,
          method: 'default',
          ...prefix,
        },
      },
    },
  });
  const generation = await system.final(id);
  expect(generation).toMatchObject({ status: 'completed' });
  const kinds = generation.outputs.map(({ mimeType, width }) => [mimeType, width]);
  expect(kinds).toEqual([
    ['text/plain; charset=utf-8', null],
    ['audio/flac', null],
    ['image/webp', 64],
  ]);
  expect(String(await bytesOf(generation.outputs[0]!.fileId))).toBe('a text');
});

test.each(['text-to-image-sdxl', 'text-to-image-flux', 'hires-fix-sd15'])(
  'the workflow %s draws a picture',
  async (workflow) => {
    const inputs = { prompt: 'a lighthouse', steps: 2 };
    const needsCheckpoint = workflow.endsWith('sd15');
    const { id } = await system.create({
      workflow,
      inputs: {
        ...inputs,
        ...(needsCheckpoint && { checkpoint: 'anything-v5-PrtRE.safetensors' }),
      },
    });
    expect(await system.final(id)).toMatchObject({ status: 'completed', outputs: [{}] });
  },
);

test('what an instance can run is asked for again when it comes back', async () => {
  const [before] = await listCapabilities(system.database);
  await system.restartSim({ checkpoints: ['another.safetensors'] });
  await eventually(
    async () => {
      const [now] = await listCapabilities(system.database);
      return now?.models['checkpoints']?.includes('another.safetensors') ?? false;
    },
    { timeoutMs: 20_000 },
  );
  const [after] = await listCapabilities(system.database);
  expect(after?.catalogHash).not.toBe(before?.catalogHash);
  await expect(system.create({ prompt: 'a warrior' })).rejects.toMatchObject({
    code: 'graph_rejected',
  });
});
