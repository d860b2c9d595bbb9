import { renderPortrait } from '../drawing/renderPortrait';
import { plainPicture } from '../pictures/picture';
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

function decodeFrame({ width, height }: Latent, frame: LatentFrame): Promise<Buffer> {
  switch (frame.kind) {
    case 'portrait':
      return renderPortrait(frame.portrait, width, height);
    case 'picture':
      return Promise.resolve(frame.pixels);
    case 'empty':
      return Promise.resolve(
        plainPicture(width, height, 1, emptyLatentColor).frames[0] ?? Buffer.of(),
      );
  }
}
