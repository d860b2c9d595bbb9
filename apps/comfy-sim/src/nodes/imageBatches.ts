import type { Picture } from '../pictures/picture';
import { resizeTo } from '../pictures/resize';
import { assertFits } from './cardMemory';
import { firstIndex } from './latentChanges';
import type { NodeKind } from './nodeKind';

/** Puts two batches together; the second takes the size of the first. */
export const imageBatch: NodeKind = {
  async run(inputs) {
    const [first, second] = [inputs.value('image1', 'picture'), inputs.value('image2', 'picture')];
    return { outputs: [await joined(first, [second])] };
  },
};

/** The same for any number, in inputs `images.image0`, `images.image1` and so on. */
export const batchImages: NodeKind = {
  async run(inputs) {
    const names = Object.keys(inputs.values).filter((name) => /^images\.image\d+$/.test(name));
    const order = (name: string) => Number(name.replace('images.image', ''));
    const sorted = names.sort((a, b) => order(a) - order(b));
    const [first, ...others] = sorted.map((name) => inputs.value(name, 'picture'));
    if (!first) throw new TypeError('input images has no picture');
    return { outputs: [await joined(first, others)] };
  },
};

async function joined(first: Picture, others: readonly Picture[]): Promise<Picture> {
  const { width, height } = first;
  const fitted = await Promise.all(
    others.map((picture) =>
      picture.width === width && picture.height === height
        ? Promise.resolve(picture)
        : resizeTo(picture, { width, height }, { crop: 'center' }),
    ),
  );
  const frames = [first, ...fitted].flatMap((picture) => picture.frames);
  return { kind: 'picture', width, height, frames };
}

export const repeatImageBatch: NodeKind = {
  run(inputs) {
    const picture = inputs.value('image', 'picture');
    const amount = inputs.number('amount');
    assertFits(picture.width, picture.height, picture.frames.length * amount);
    const frames = Array.from({ length: amount }, () => picture.frames).flat();
    return Promise.resolve({ outputs: [{ ...picture, frames }] });
  },
};

/** A negative index counts from the end. */
export const imageFromBatch: NodeKind = {
  run(inputs) {
    const picture = inputs.value('image', 'picture');
    const start = firstIndex(inputs.number('batch_index'), picture.frames.length);
    const cut = <Item>(items: readonly Item[]) =>
      items.slice(start, start + inputs.number('length'));
    const { alpha, ...rest } = picture;
    const result: Picture = {
      ...rest,
      frames: cut(picture.frames),
      ...(alpha ? { alpha: cut(alpha) } : {}),
    };
    return Promise.resolve({ outputs: [result] });
  },
};
