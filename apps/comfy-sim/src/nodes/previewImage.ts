import { randomInt } from 'node:crypto';
import type { NodeKind } from './nodeKind';
import { storeImages } from './storeImages';

const letters = 'abcdefghijklmnopqrstuvwxyz';

export const previewImage: NodeKind = {
  run(inputs, context) {
    const word = Array.from({ length: 5 }, () => letters.charAt(randomInt(letters.length))).join(
      '',
    );
    const target = { type: 'temp', prefix: `ComfyUI_temp_${word}` } as const;
    return storeImages(inputs.value('images', 'picture'), target, context);
  },
};
