import type { NodeKind } from './nodeKind';
import { storeImages } from './storeImages';

export const saveImage: NodeKind = {
  run(inputs, context) {
    const target = { type: 'output', prefix: inputs.string('filename_prefix') } as const;
    return storeImages(inputs.value('images', 'picture'), target, context);
  },
};
