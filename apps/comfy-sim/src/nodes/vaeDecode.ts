import { renderPortrait } from '../drawing/renderPortrait';
import { blendByMask } from '../pictures/mask';
import { plainPicture } from '../pictures/picture';
import { rememberPortrait } from './drawnPortraits';
import type { Latent, LatentFrame } from './latent';
import type { NodeKind } from './nodeKind';

const emptyLatentColor = 0x83_6f_5a;

export const vaeDecode: NodeKind = {
  async run(inputs) {
    const latent = inputs.value('samples', 'latent');
    const { width, height } = latent;
    const frames: Buffer[] = [];
    for (const frame of latent.frames) frames.push(await decodeFrame(latent, frame));
    return { outputs: [{ kind: 'picture', width, height, frames }] };
  },
};

/** The pixels of one item of a latent batch. */
export async function decodeFrame({ width, height }: Latent, frame: LatentFrame): Promise<Buffer> {
  switch (frame.kind) {
    case 'portrait': {
      const drawn = await renderPortrait(frame.portrait, width, height);
      if (frame.kept) return blendByMask({ ...frame.kept, drawn, width, height });
      rememberPortrait(drawn, frame.portrait);
      return drawn;
    }
    case 'picture':
      return frame.pixels;
    case 'empty':
      return plainPicture(width, height, 1, emptyLatentColor).frames[0] ?? Buffer.of();
  }
}
