import { mapFrames } from '../pictures/picture';
import type { NodeKind } from './nodeKind';

export const imageInvert: NodeKind = {
  async run(inputs) {
    return {
      outputs: [await mapFrames(inputs.value('image', 'picture'), (frame) => frame.negate())],
    };
  },
};
