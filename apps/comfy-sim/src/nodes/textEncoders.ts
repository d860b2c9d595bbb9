import { readLook } from '../drawing/look';
import type { Reference } from '../drawing/reference';
import type { Picture } from '../pictures/picture';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';
import type { Conditioning } from './nodeValue';

function encode(inputs: NodeInputs, text: string, references: Reference[] = []): Conditioning {
  const { patches } = inputs.value('clip', 'clip');
  return { kind: 'conditioning', text, patches, references };
}

export const clipTextEncode: NodeKind = {
  run(inputs) {
    return Promise.resolve({ outputs: [encode(inputs, inputs.string('text'))] });
  },
};

export const clipTextEncodeSdxl: NodeKind = {
  run(inputs) {
    const texts = new Set([inputs.string('text_g'), inputs.string('text_l')]);
    return Promise.resolve({ outputs: [encode(inputs, [...texts].join(', '))] });
  },
};

/** The pictures of an edit model are what the result resembles. */
export const textEncodeQwenImageEdit: NodeKind = {
  async run(inputs) {
    const pictures = ['image1', 'image2', 'image3'].flatMap(
      (name) => inputs.find(name, 'picture') ?? [],
    );
    const references = await Promise.all(pictures.map((picture) => referTo(picture, 0.9)));
    return { outputs: [encode(inputs, inputs.string('prompt'), references)] };
  },
};

export const photoMakerEncode: NodeKind = {
  async run(inputs) {
    const reference = await referTo(inputs.value('image', 'picture'), 0.8);
    return {
      outputs: [encode(inputs, inputs.string('text'), [{ ...reference, scope: 'person' }])],
    };
  },
};

/** The first picture of a batch as something to resemble. */
export async function referTo(picture: Picture, weight: number): Promise<Reference> {
  const look = await readLook(picture, picture.frames[0] ?? Buffer.of());
  return { look, weight, scope: 'all' };
}
