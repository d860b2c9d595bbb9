import type { NodeKind } from './nodeKind';
import { randomWord } from './randomWord';
import { storeImages } from './storeImages';

export const previewImage: NodeKind = {
  run(inputs, context) {
    const target = { type: 'temp', prefix: `ComfyUI_temp_${randomWord()}` } as const;
    return storeImages(inputs.value('images', 'picture'), target, context);
  },
};
