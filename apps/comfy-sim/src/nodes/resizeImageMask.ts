import { fitMask, type Mask } from '../pictures/mask';
import type { Picture } from '../pictures/picture';
import { resizeTo, sizeWithin } from '../pictures/resize';
import { assertFits } from './cardMemory';
import type { NodeInputs } from './nodeInputs';
import type { NodeKind } from './nodeKind';
import { isNodeValue } from './nodeValue';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Resizes a picture or a mask in one of many ways, each with inputs of its own. */
export const resizeImageMask: NodeKind = {
  async run(inputs) {
    const given = pictureOrMask(inputs, 'input');
    const size = targetOf(inputs, given);
    assertFits(size.width, size.height, given.frames.length);
    if (given.kind === 'mask') {
      return { outputs: [{ ...given, ...size, frames: await fitMask(given, size) }] };
    }
    const crop = inputs.values['resize_type.crop'] === 'center' ? 'center' : 'disabled';
    const method = inputs.string('scale_method');
    return { outputs: [await resizeTo(given, size, { method, crop })] };
  },
};

function pictureOrMask(inputs: NodeInputs, name: string): Picture | Mask {
  const value = inputs.values[name];
  if (!isNodeValue(value) || (value.kind !== 'picture' && value.kind !== 'mask')) {
    throw new TypeError(`input ${name} is no picture and no mask`);
  }
  return value;
}

function targetOf(inputs: NodeInputs, given: Size): Size {
  const number = (name: string) => inputs.number(`resize_type.${name}`);
  const { width, height } = given;
  const by = (scale: number): Size => ({
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
  const ways: Readonly<Record<string, () => Size>> = {
    'scale dimensions': () =>
      sizeWithin(given, { width: number('width'), height: number('height') }),
    'scale by multiplier': () => by(number('multiplier')),
    'scale longer dimension': () => by(number('longer_size') / Math.max(width, height)),
    'scale shorter dimension': () => by(number('shorter_size') / Math.min(width, height)),
    'scale width': () => sizeWithin(given, { width: number('width'), height: 0 }),
    'scale height': () => sizeWithin(given, { width: 0, height: number('height') }),
    'scale total pixels': () =>
      by(Math.sqrt((number('megapixels') * 1024 * 1024) / (width * height))),
    'match size': () => {
      const other = pictureOrMask(inputs, 'resize_type.match');
      return { width: other.width, height: other.height };
    },
    'scale to multiple': () => {
      const step = number('multiple');
      const down = (side: number) => Math.max(step, Math.floor(side / step) * step);
      return { width: down(width), height: down(height) };
    },
  };
  return ways[inputs.string('resize_type')]?.() ?? given;
}
