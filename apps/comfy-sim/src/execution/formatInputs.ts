import { isNodeValue, type InputValue, type NodeValue } from '../nodes/nodeValue';
import { repr } from '../python';
import { channels, type Picture } from '../pictures/picture';

// Above this PyTorch prints only the edges of a tensor.
const summariseAbove = 1000;
const edgeItems = 3;

/** `current_inputs` of an `execution_error`: every input as a list of one value or its text. */
export function formatInputs(
  values: Readonly<Record<string, InputValue>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, [formatValue(value)]]),
  );
}

function formatValue(value: InputValue): unknown {
  if (isNodeValue(value)) return describe(value);
  return typeof value === 'object' && value !== null ? repr(value) : value;
}

/** `str(value)` of what travels along a link, as far as a client could use it. */
export function describe(value: NodeValue): string {
  const { kind } = value;
  if (kind === 'picture') return tensorText(value);
  if (kind === 'mask') return `tensor of ${value.frames.length} x ${value.height} x ${value.width}`;
  if (kind === 'conditioning') return '[[tensor, {}]]';
  if (kind === 'latent') {
    const size = `${value.frames.length} x 4 x ${value.height >> 3} x ${value.width >> 3}`;
    return `{'samples': tensor of ${size}}`;
  }
  const isOfCheckpoint = kind === 'model' || kind === 'clip' || kind === 'vae';
  return isOfCheckpoint ? `<comfy.sd.${kind.toUpperCase()} object>` : `<${kind} object>`;
}

function tensorText(picture: Picture): string {
  const { width, height, frames } = picture;
  const shape = [frames.length, height, width, channels];
  const isLong = shape.reduce((product, size) => product * size, 1) > summariseAbove;
  const rows = (depth: number, at: number[]): string => {
    const size = shape[depth] ?? 0;
    const indices = shownIndices(size, isLong);
    const items = indices.map((index) => {
      if (index === undefined) return '...';
      if (depth < shape.length - 1) return rows(depth + 1, [...at, index]);
      const [frame = 0, y = 0, x = 0] = at;
      const byte = frames[frame]?.[(y * width + x) * channels + index] ?? 0;
      return (byte / 255).toFixed(4);
    });
    const breaks = '\n'.repeat(shape.length - 1 - depth);
    const separator =
      breaks === '' ? ', ' : `,${breaks}${' '.repeat('tensor('.length + depth + 1)}`;
    return `[${items.join(separator)}]`;
  };
  return `tensor(${rows(0, [])})`;
}

function shownIndices(size: number, isLong: boolean): (number | undefined)[] {
  const all = Array.from({ length: size }, (_, index) => index);
  if (!isLong || size <= 2 * edgeItems) return all;
  return [...all.slice(0, edgeItems), undefined, ...all.slice(-edgeItems)];
}
