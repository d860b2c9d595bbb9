import { readPalette } from '../drawing/palette';
import { mapFrames, type Picture } from '../pictures/picture';
import { floorToLatent } from './emptyLatentImage';
import type { LatentFrame } from './latent';
import type { NodeKind } from './nodeKind';

export const vaeEncode: NodeKind = {
  async run(inputs) {
    const picture = await cropToLatent(inputs.value('pixels', 'picture'));
    const frames = await Promise.all(
      picture.frames.map(async (pixels): Promise<LatentFrame> => {
        return { kind: 'picture', pixels, palette: await readPalette(picture, pixels) };
      }),
    );
    return { outputs: [{ kind: 'latent', width: picture.width, height: picture.height, frames }] };
  },
};

async function cropToLatent(picture: Picture): Promise<Picture> {
  const width = floorToLatent(picture.width);
  const height = floorToLatent(picture.height);
  if (width === picture.width && height === picture.height) return picture;
  return mapFrames(picture, (frame) => frame.resize({ width, height, fit: 'cover' }));
}
