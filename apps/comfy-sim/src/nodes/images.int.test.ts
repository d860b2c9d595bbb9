import sharp from 'sharp';
import { GraphWriter } from '../fixtures/nodeGraphs';
import { SimClient, type Body } from '../fixtures/simClient';
import { createComfySim, type ComfySim } from '../index';

let sim: ComfySim;
let client: SimClient;

beforeAll(async () => {
  sim = createComfySim({ port: 0, stepMs: 0, loadMs: 0, historyGapMs: 1 });
  client = new SimClient((await sim.start()).url);
  await client.upload(await quarters(), 'quarters.png');
});

afterAll(() => sim.stop());

/** Red, green, blue and a half transparent white, in 40 by 20 pixels. */
function quarters(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="10" fill="#ff0000"/><rect x="20" width="20" height="10" fill="#00ff00"/><rect y="10" width="20" height="10" fill="#0000ff"/><rect x="20" y="10" width="20" height="10" fill="#ffffff" opacity="0.5"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

type Link = readonly [string, number];
type Make = (writer: GraphWriter, image: Link, mask: Link) => Link;

/** Runs one change of the picture and returns what was saved. */
async function make(change: Make): Promise<sharp.Sharp> {
  const writer = new GraphWriter();
  const loaded = writer.add('LoadImage', { image: 'quarters.png' });
  const [file] = await client.run(writer.save(change(writer, loaded(0), loaded(1))).graph);
  return sharp(await client.download(file));
}

async function pixel(picture: sharp.Sharp, left: number, top: number): Promise<number[]> {
  return [...(await picture.clone().extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

const add =
  (name: string, inputs: Body = {}): Make =>
  (writer, image) =>
    writer.add(name, { image, ...inputs })();

test.each<[string, Make, [width: number, height: number]]>([
  ['ImageScaleBy', add('ImageScaleBy', { upscale_method: 'area', scale_by: 1.5 }), [60, 30]],
  [
    'ImageScaleToTotalPixels',
    add('ImageScaleToTotalPixels', {
      ...{ upscale_method: 'lanczos', megapixels: 0.02, resolution_steps: 8 },
    }),
    [208, 104],
  ],
  ['FluxKontextImageScale', add('FluxKontextImageScale'), [1456, 720]],
  [
    'ImageCrop, only what is there',
    add('ImageCrop', { width: 99, height: 8, x: 30, y: 4 }),
    [10, 8],
  ],
  ['ImageRotate', add('ImageRotate', { rotation: '90 degrees' }), [20, 40]],
  ['Canny', add('Canny', { low_threshold: 0.4, high_threshold: 0.8 }), [40, 20]],
  ['ImageSharpen', add('ImageSharpen', { sharpen_radius: 1, sigma: 1, alpha: 1 }), [40, 20]],
  [
    'ImagePadForOutpaint',
    add('ImagePadForOutpaint', { left: 8, top: 0, right: 16, bottom: 24, feathering: 4 }),
    [64, 44],
  ],
  [
    'ResizeImageMaskNode',
    (writer, input) =>
      writer.add('ResizeImageMaskNode', {
        ...{ input, resize_type: 'scale longer dimension', 'resize_type.longer_size': 80 },
        scale_method: 'area',
      })(),
    [80, 40],
  ],
  ['MaskToImage', (writer, _image, mask) => writer.add('MaskToImage', { mask })(), [40, 20]],
])('%s gives a picture of the right size', async (_name, change, [width, height]) => {
  expect(await (await make(change)).metadata()).toMatchObject({ width, height, channels: 3 });
});

test('a loaded picture has its colours, and its transparency as a mask', async () => {
  const picture = await make((_writer, image) => image);
  expect(await pixel(picture, 5, 5)).toEqual([255, 0, 0]);
  expect(await pixel(picture, 25, 5)).toEqual([0, 255, 0]);
  const mask = await make((writer, _image, mask) => writer.add('MaskToImage', { mask })());
  expect((await pixel(mask, 5, 5))[0]).toBe(0);
  expect((await pixel(mask, 30, 15))[0]).toBeCloseTo(127, -1);
  const own = { image: 'quarters.png', channel: 'alpha' };
  const same = await make((writer) =>
    writer.add('MaskToImage', { mask: writer.add('LoadImageMask', own)() })(),
  );
  expect(await pixel(same, 30, 15)).toEqual(await pixel(mask, 30, 15));
});

test('flips, blends and blurs move the pixels where they belong', async () => {
  const flipped = await make(add('ImageFlip', { flip_method: 'x-axis: vertically' }));
  expect(await pixel(flipped, 5, 5)).toEqual([0, 0, 255]);
  const blended = await make((writer, image1) => {
    const inverted = writer.add('ImageInvert', { image: image1 })();
    const half = { image1, image2: inverted, blend_factor: 0.5, blend_mode: 'normal' };
    return writer.add('ImageBlend', half)();
  });
  for (const value of await pixel(blended, 5, 5)) expect(Math.abs(value - 127)).toBeLessThan(3);
  const blurred = await make(add('ImageBlur', { blur_radius: 8, sigma: 4 }));
  const [red = 0, green = 0] = await pixel(blurred, 19, 5);
  expect(Math.abs(red - green)).toBeLessThan(60);
});

test('transparency is joined to a picture, saved with it, and split off again', async () => {
  const masked = (writer: GraphWriter, image: Link, mask: Link) =>
    writer.add('JoinImageWithAlpha', { image, alpha: mask });
  const joined = await make((writer, image, mask) => masked(writer, image, mask)());
  expect((await joined.metadata()).channels).toBe(4);
  expect((await pixel(joined, 5, 5))[3]).toBe(255);
  const split = await make((writer, image, mask) => {
    const parts = writer.add('SplitImageWithAlpha', { image: masked(writer, image, mask)() });
    return writer.add('MaskToImage', { mask: parts(1) })();
  });
  expect((await pixel(split, 30, 15))[0]).toBeCloseTo(127, -1);
});

test('batches are put together, repeated and cut', async () => {
  const writer = new GraphWriter();
  const plain = (width: number) =>
    writer.add('EmptyImage', { width, height: 8, batch_size: 2, color: width })();
  const both = writer.add('ImageBatch', { image1: plain(16), image2: plain(24) })();
  const thrice = writer.add('RepeatImageBatch', { image: both, amount: 3 })();
  const last = writer.add('ImageFromBatch', { image: thrice, batch_index: -3, length: 9 })();
  expect(await client.run(writer.save(last).graph)).toHaveLength(3);
});

test('a size is given on as numbers and told to every client', async () => {
  const writer = new GraphWriter();
  const image = writer.add('LoadImage', { image: 'quarters.png' })();
  const size = writer.add('GetImageSize', { image });
  const color = writer.add('PrimitiveInt', { value: 255 })();
  const same = { width: size(0), height: size(1), batch_size: size(2), color };
  const [file] = await client.run(writer.save(writer.add('EmptyImage', same)()).graph);
  const metadata = await sharp(await client.download(file)).metadata();
  expect([metadata.width, metadata.height]).toEqual([40, 20]);
});

test('a missing colour channel is an error of the node', async () => {
  const writer = new GraphWriter();
  const image = writer.add('LoadImage', { image: 'quarters.png' })();
  const mask = writer.add('ImageToMask', { image, channel: 'alpha' })();
  writer.save(writer.add('MaskToImage', { mask })());
  const entry = await client.finished(await client.submit(writer.graph));
  expect(JSON.stringify(entry['status'])).toContain('index 3 is out of bounds');
});
