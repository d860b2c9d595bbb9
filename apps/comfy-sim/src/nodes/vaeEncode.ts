import { readPalette } from '../drawing/palette';
import { growMask } from '../pictures/mask';
import { mapFrames, type Picture } from '../pictures/picture';
import { passPortraitsOn, portraitOn } from './drawnPortraits';
import { floorToLatent, type Latent, type LatentFrame } from './latent';
import type { NodeKind } from './nodeKind';

export const vaeEncode: NodeKind = {
  async run(inputs) {
    return { outputs: [await encode(inputs.value('pixels', 'picture'))] };
  },
};

export const vaeEncodeForInpaint: NodeKind = {
  async run(inputs) {
    const pixels = inputs.value('pixels', 'picture');
    const noiseMask = await growMask(inputs.value('mask', 'mask'), inputs.number('grow_mask_by'));
    const latent = await encode(pixels, 'pixels');
    return { outputs: [{ ...latent, noiseMask }] };
  },
};

/** Around a mask the very pixels stay; else a person the simulator drew is known again. */
async function encode(given: Picture, keeps: 'pixels' | 'person' = 'person'): Promise<Latent> {
  const picture = await cropToLatent(given);
  const frames = await Promise.all(
    picture.frames.map(async (pixels): Promise<LatentFrame> => {
      const portrait = keeps === 'person' ? portraitOn(pixels) : undefined;
      if (portrait) return { kind: 'portrait', portrait };
      return { kind: 'picture', pixels, palette: await readPalette(picture, pixels) };
    }),
  );
  return { kind: 'latent', width: picture.width, height: picture.height, frames };
}

async function cropToLatent(picture: Picture): Promise<Picture> {
  const width = floorToLatent(picture.width);
  const height = floorToLatent(picture.height);
  if (width === picture.width && height === picture.height) return picture;
  const cropped = await mapFrames(picture, (frame) =>
    frame.resize({ width, height, fit: 'cover' }),
  );
  return passPortraitsOn(picture, cropped);
}
