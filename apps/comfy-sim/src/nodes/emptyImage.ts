import { plainPicture } from '../pictures/picture';
import { assertFits } from './cardMemory';
import type { NodeKind } from './nodeKind';

export const emptyImage: NodeKind = {
  run(inputs) {
    const width = inputs.number('width');
    const height = inputs.number('height');
    const batch = inputs.number('batch_size');
    assertFits(width, height, batch);
    const picture = plainPicture(width, height, batch, inputs.number('color'));
    return Promise.resolve({ outputs: [picture] });
  },
};
