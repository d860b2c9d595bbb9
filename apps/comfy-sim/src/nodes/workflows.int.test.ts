import sharp from 'sharp';
import { toPose } from '../drawing/pose/body';
import { drawSkeleton } from '../drawing/pose/drawSkeleton';
import type { Point } from '../drawing/pose/pose';
import {
  encodeTexts,
  GraphWriter,
  loadCheckpoint,
  sampled,
  type Loaded,
  type Texts,
} from '../fixtures/nodeGraphs';
import { SimClient } from '../fixtures/simClient';
import { createComfySim, defaultOptions, type ComfySim } from '../index';

const [checkpoint = ''] = defaultOptions.checkpoints;
const size = { width: 256, height: 384 };
let sim: ComfySim;
let client: SimClient;

beforeAll(async () => {
  sim = createComfySim({ port: 0, stepMs: 0, loadMs: 0, historyGapMs: 1 });
  client = new SimClient((await sim.start()).url);
  await client.upload(await skeleton([-2.3, -2], [2.3, -2]), 'up.png');
  await client.upload(await skeleton([-1.2, 2.7], [3.4, 0]), 'aside.png');
  for (const color of ['#2040c0', '#c04020'])
    await client.upload(await person(color), `${color.slice(1)}.png`);
});

afterAll(() => sim.stop());

async function skeleton(rightWrist: Point, leftWrist: Point): Promise<Buffer> {
  const { width, height } = { width: 512, height: 768 };
  const pose = toPose({ width, height, neck: [256, 190], head: 70, rightWrist, leftWrist });
  const raw = { width, height, channels: 3 } as const;
  return sharp(await drawSkeleton(pose), { raw })
    .png()
    .toBuffer();
}

function person(color: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="${color}"/><circle cx="128" cy="100" r="60" fill="#e0a880"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

type Change = (writer: GraphWriter, parts: Loaded & Texts) => Partial<Loaded & Texts>;

/** Text to image, with a change between the loading and the sampling. */
async function draw(change: Change = () => ({})): Promise<Buffer> {
  const writer = new GraphWriter();
  const loaded = loadCheckpoint(writer, checkpoint);
  const parts = { ...loaded, ...encodeTexts(writer, loaded.clip) };
  const { model, positive, negative, vae } = { ...parts, ...change(writer, parts) };
  const latent_image = writer.add('EmptyLatentImage', { ...size, batch_size: 1 })();
  const wish = { ...sampled, seed: 7, model, positive, negative, latent_image };
  const samples = writer.add('KSampler', wish)();
  return result(writer.save(writer.add('VAEDecode', { samples, vae })()));
}

async function result(writer: GraphWriter): Promise<Buffer> {
  return client.download((await client.run(writer.graph))[0]);
}

/** How much two pictures of one size differ, from 0 to 255. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const [one, other] = await Promise.all([a, b].map((png) => sharp(png).raw().toBuffer()));
  if (!one || one.length !== other?.length) throw new Error('the pictures differ in size');
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}

const pose =
  (image: string, strength = 1, preprocessor?: string): Change =>
  (writer, { positive, negative }) => {
    const file = writer.add('LoadImage', { image })();
    const control_net = writer.add('ControlNetLoader', {
      control_net_name: 'control_v11p_sd15_openpose.pth',
    })();
    const inputs = { positive, negative, control_net, strength };
    const picture = preprocessor ? writer.add(preprocessor, { image: file })() : file;
    const applied = writer.add('ControlNetApplyAdvanced', {
      ...{ ...inputs, image: picture, start_percent: 0, end_percent: 1 },
    });
    return { positive: applied(0), negative: applied(1) };
  };

const reference =
  (image: string, weight: number): Change =>
  (writer, parts) => {
    const loader = writer.add('IPAdapterUnifiedLoader', {
      model: parts.model,
      preset: 'PLUS (high strength)',
    });
    const applied = writer.add('IPAdapter', {
      ...{ model: loader(0), ipadapter: loader(1), image: writer.add('LoadImage', { image })() },
      ...{ weight, start_at: 0, end_at: 1, weight_type: 'standard' },
    });
    return { model: applied() };
  };

describe('a pose', () => {
  test('changes the figure, another pose changes it otherwise, the same graph is the same', async () => {
    const [plain, up, aside] = [
      await draw(),
      await draw(pose('up.png')),
      await draw(pose('aside.png')),
    ];
    expect(await difference(plain, up)).toBeGreaterThan(10);
    expect(await difference(up, aside)).toBeGreaterThan(2);
    await client.post('/free', { free_memory: true });
    expect((await draw(pose('up.png'))).equals(up)).toBe(true);
  });

  test('is held to less closely with less strength, and not at all with none', async () => {
    const plain = await draw();
    const at = async (strength: number) => difference(plain, await draw(pose('up.png', strength)));
    expect(await at(0)).toBe(0);
    expect(await at(1)).toBeGreaterThan(await at(0.3));
  });

  test.each(['OpenposePreprocessor', 'DWPreprocessor'])('is found by %s', async (name) => {
    const found = await draw(pose('up.png', 1, name));
    expect(await difference(found, await draw(pose('up.png')))).toBeLessThan(3);
  });

  test('is shown as a skeleton of the asked resolution, with its points', async () => {
    const writer = new GraphWriter();
    const image = writer.add('LoadImage', { image: 'up.png' })();
    const found = writer.add('DWPreprocessor', { image, resolution: 256 });
    const id = await client.submit(writer.save(found()).graph);
    const outputs = (await client.finished(id))['outputs'] as Record<
      string,
      Record<string, [never]>
    >;
    const points = outputs['2']?.['openpose_json']?.[0] as unknown as string;
    expect(JSON.parse(points)).toMatchObject([{ canvas_width: 256, canvas_height: 384 }]);
  });
});

describe('a reference', () => {
  test('colours the person; the more the higher its weight', async () => {
    const plain = await draw();
    const blue = await draw(reference('2040c0.png', 0.8));
    const red = await draw(reference('c04020.png', 0.8));
    expect(await difference(blue, red)).toBeGreaterThan(8);
    const weak = await draw(reference('2040c0.png', 0.2));
    expect(await difference(plain, weak)).toBeLessThan(await difference(plain, blue));
  });

  test('fails at run time, not before, when the adapter’s file is missing', async () => {
    const bare = createComfySim({ port: 0, stepMs: 0, loadMs: 0, models: { ipadapter: [] } });
    const there = new SimClient((await bare.start()).url);
    const writer = new GraphWriter();
    const { model } = loadCheckpoint(writer, checkpoint);
    const preset = 'PLUS (high strength)';
    const loader = writer.add('IPAdapterUnifiedLoader', { model, preset });
    writer.add('PreviewAny', { source: loader(1) });
    const entry = await there.finished(await there.submit(writer.graph));
    expect(JSON.stringify(entry['status'])).toContain('IPAdapter model not found.');
    await bare.stop();
  });
});

test('a LoRA, a skipped layer and a shifted model move details, no more', async () => {
  const plain = await draw();
  const changed = await draw((writer, { model, clip }) => {
    const lora = writer.add('LoraLoader', {
      ...{ model, clip, lora_name: 'add_detail.safetensors' },
      ...{ strength_model: 0.8, strength_clip: 0.8 },
    });
    const skipped = writer.add('CLIPSetLastLayer', { clip: lora(1), stop_at_clip_layer: -2 })();
    return { model: lora(0), ...encodeTexts(writer, skipped) };
  });
  const moved = await difference(plain, changed);
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(12);
});

describe('hires-fix', () => {
  type Enlarge = (
    writer: GraphWriter,
    samples: readonly [string, number],
    vae: Loaded['vae'],
  ) => readonly [string, number];

  async function twice(enlarge: Enlarge): Promise<{ first: Buffer; second: Buffer }> {
    const writer = new GraphWriter();
    const loaded = loadCheckpoint(writer, checkpoint);
    const { model, vae } = loaded;
    const wish = { ...sampled, model, ...encodeTexts(writer, loaded.clip) };
    const empty = writer.add('EmptyLatentImage', { ...size, batch_size: 1 })();
    const first = writer.add('KSampler', { ...wish, seed: 3, latent_image: empty })();
    const latent_image = enlarge(writer, first, vae);
    const second = writer.add('KSampler', { ...wish, seed: 99, denoise: 0.5, latent_image })();
    for (const samples of [first, second])
      writer.save(writer.add('VAEDecode', { samples, vae })(), 'hires');
    const files = await client.run(writer.graph);
    const pictures = await Promise.all(files.map((file) => client.download(file)));
    const widths = await Promise.all(
      pictures.map(async (png) => (await sharp(png).metadata()).width),
    );
    const [small, large] = [Math.min(...widths), Math.max(...widths)];
    expect([small, large]).toEqual([size.width, size.width * 2]);
    const of = (width: number) => pictures[widths.indexOf(width)] ?? Buffer.of();
    return { first: of(small), second: await sharp(of(large)).resize(size).png().toBuffer() };
  }

  test.each<[string, Enlarge]>([
    [
      'of the latent',
      (writer, samples) =>
        writer.add('LatentUpscaleBy', { samples, upscale_method: 'bilinear', scale_by: 2 })(),
    ],
    [
      'of the picture, with a model',
      (writer, samples, vae) => {
        const image = writer.add('VAEDecode', { samples, vae })();
        const model_name = 'RealESRGAN_x4plus.pth';
        const upscale_model = writer.add('UpscaleModelLoader', { model_name })();
        const large = writer.add('ImageUpscaleWithModel', { upscale_model, image })();
        const half = { image: large, upscale_method: 'area', scale_by: 0.5 };
        const pixels = writer.add('ImageScaleBy', half)();
        return writer.add('VAEEncode', { pixels, vae })();
      },
    ],
  ])('%s gives a larger picture of the same figure', async (_name, enlarge) => {
    const { first, second } = await twice(enlarge);
    expect(await difference(first, second)).toBeLessThan(6);
  });
});

test('an inpainted picture stays as it was outside of the mask', async () => {
  const writer = new GraphWriter();
  const loaded = loadCheckpoint(writer, checkpoint);
  const pixels = writer.add('EmptyImage', { ...size, batch_size: 1, color: 0x20_c0_40 })();
  const solid = (value: number, width: number) =>
    writer.add('MaskToImage', {
      mask: writer.add('SolidMask', { value, width, height: 384 })(),
    })();
  const half = writer.add('ImageCompositeMasked', {
    ...{ destination: solid(0, 256), source: solid(1, 128), x: 128, y: 0, resize_source: false },
  })();
  const mask = writer.add('ImageToMask', { image: half, channel: 'red' })();
  const { vae, model } = loaded;
  const latent_image = writer.add('VAEEncodeForInpaint', { pixels, vae, mask, grow_mask_by: 0 })();
  const texts = encodeTexts(writer, loaded.clip);
  const samples = writer.add('KSampler', { ...sampled, seed: 1, model, ...texts, latent_image })();
  const png = await result(writer.save(writer.add('VAEDecode', { samples, vae })()));
  const [kept, drawn] = await Promise.all(
    [0, 128].map((left) =>
      sharp(png).extract({ left, top: 0, width: 128, height: 384 }).toBuffer(),
    ),
  );
  expect((await sharp(kept).stats()).dominant).toMatchObject({ g: 184 });
  expect((await sharp(kept).stats()).channels.map(({ stdev }) => stdev)).toEqual([0, 0, 0]);
  expect((await sharp(drawn).stats()).channels[0]?.stdev).toBeGreaterThan(5);
});

test('FLUX is put together from its files, and sampled both ways alike', async () => {
  const writer = new GraphWriter();
  const model = writer.add('UNETLoader', {
    unet_name: 'flux1-dev.safetensors',
    weight_dtype: 'default',
  })();
  const clip = writer.add('DualCLIPLoader', {
    ...{ clip_name1: 'clip_l.safetensors', clip_name2: 't5xxl_fp8_e4m3fn.safetensors' },
    type: 'flux',
  })();
  const vae = writer.add('VAELoader', { vae_name: 'ae.safetensors' })();
  const text = writer.add('CLIPTextEncode', { clip, text: 'a knight' })();
  const positive = writer.add('FluxGuidance', { conditioning: text, guidance: 3.5 })();
  const latent_image = writer.add('EmptySD3LatentImage', { ...size, batch_size: 1 })();
  const together = writer.add('SamplerCustomAdvanced', {
    noise: writer.add('RandomNoise', { noise_seed: 5 })(),
    guider: writer.add('BasicGuider', { model, conditioning: positive })(),
    sampler: writer.add('KSamplerSelect', { sampler_name: 'euler' })(),
    sigmas: writer.add('BasicScheduler', { model, scheduler: 'normal', steps: 2, denoise: 1 })(),
    latent_image,
  })();
  const negative = writer.add('CLIPTextEncode', { clip, text: '' })();
  const plain = writer.add('KSampler', {
    ...{ ...sampled, cfg: 1, seed: 5, model, positive, negative, latent_image },
  })();
  for (const samples of [together, plain])
    writer.save(writer.add('VAEDecode', { samples, vae })(), 'flux');
  const files = await client.run(writer.graph);
  const [a, b] = await Promise.all(
    files.map(async (file) =>
      sharp(await client.download(file))
        .raw()
        .toBuffer(),
    ),
  );
  expect(a?.equals(b ?? Buffer.of())).toBe(true);
  expect(sim.executions().at(-1)?.model_loads).toBe(1);
});

test('a refiner goes on where the base stopped', async () => {
  const writer = new GraphWriter();
  const loaded = loadCheckpoint(writer, 'sd_xl_base_1.0.safetensors');
  const text = (words: string) =>
    writer.add('CLIPTextEncodeSDXL', {
      ...{ clip: loaded.clip, width: 1024, height: 1024, crop_w: 0, crop_h: 0 },
      ...{ target_width: 1024, target_height: 1024, text_g: words, text_l: words },
    })();
  const common = {
    ...sampled,
    model: loaded.model,
    positive: text('a queen'),
    negative: text('bad'),
  };
  const go = (latent_image: readonly [string, number], start: number, end: number) =>
    writer.add('KSamplerAdvanced', {
      ...{
        ...common,
        steps: 5,
        latent_image,
        noise_seed: 4,
        start_at_step: start,
        end_at_step: end,
      },
      ...{ add_noise: start === 0 ? 'enable' : 'disable', return_with_leftover_noise: 'enable' },
    })();
  const base = go(writer.add('EmptyLatentImage', { ...size, batch_size: 1 })(), 0, 4);
  const refined = go(base, 4, 10_000);
  for (const samples of [base, refined])
    writer.save(writer.add('VAEDecode', { samples, vae: loaded.vae })(), 'refined');
  const [a, b] = await Promise.all(
    (await client.run(writer.graph)).map((file) => client.download(file)),
  );
  expect(await difference(a ?? Buffer.of(), b ?? Buffer.of())).toBeLessThan(10);
});
