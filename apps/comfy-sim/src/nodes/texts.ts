import { describe } from '../execution/formatInputs';
import type { NodeKind } from './nodeKind';
import { isNodeValue, type InputValue } from './nodeValue';
import { storeFile } from './storeFile';

/** PrimitiveString, PrimitiveInt and so on: hand their value on. */
export const primitive: NodeKind = {
  run(inputs) {
    const { value } = inputs.values;
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
    if (!isPlain) throw new TypeError('input value is no plain value');
    return Promise.resolve({ outputs: [value as string | number | boolean] });
  },
};

/** Shows any value as text. */
export const previewAny: NodeKind = {
  run(inputs) {
    const text = toText(inputs.values['source']);
    return Promise.resolve({ outputs: [text], ui: { text: [text] } });
  },
};

function toText(value: InputValue | undefined): string {
  if (value === undefined || value === null) return 'None';
  if (isNodeValue(value))
    return value.kind === 'poseKeypoints' ? indented(value.json) : describe(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? indented(value) : String(value);
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 4);
}

export const saveText: NodeKind = {
  async run(inputs, context) {
    const [text, format] = [inputs.string('text'), inputs.string('format')];
    const prefix = inputs.string('filename_prefix');
    const { file } = await storeFile(text, { prefix, ending: `.${format}` }, context);
    return { outputs: [text], ui: { text: [text], files: [{ ...file }] } };
  },
};

/** Width, height and number of frames; told to every client as well. */
export const getImageSize: NodeKind = {
  run(inputs, context) {
    const { width, height, frames } = inputs.value('image', 'picture');
    context.tell(`width: ${width}, height: ${height}\n batch size: ${frames.length}`);
    return Promise.resolve({ outputs: [width, height, frames.length] });
  },
};
