import type { Reference } from '../drawing/reference';
import { NodeFailure, type NodeKind } from './nodeKind';
import { referTo } from './textEncoders';

/** Finds its file by the preset, as the real one does; says so when there is none. */
export const ipAdapterUnifiedLoader: NodeKind = {
  run(inputs, context) {
    const model = inputs.value('model', 'model');
    const [file] = context.modelFiles['ipadapter'] ?? [];
    if (file === undefined) throw new NodeFailure('Exception', 'IPAdapter model not found.');
    if ((context.modelFiles['clip_vision'] ?? []).length === 0) {
      throw new NodeFailure('Exception', 'ClipVision model not found.');
    }
    const adapter = inputs.find('ipadapter', 'ipAdapter') ?? ({ kind: 'ipAdapter', file } as const);
    return Promise.resolve({ outputs: [model, adapter] });
  },
};

/** IPAdapter and IPAdapterAdvanced: hang a reference on the model. */
export const ipAdapterApply: NodeKind = {
  async run(inputs) {
    const model = inputs.value('model', 'model');
    inputs.value('ipadapter', 'ipAdapter');
    const part = Math.max(0, inputs.number('end_at') - inputs.number('start_at'));
    const weight = inputs.number('weight') * Math.min(1, part * 1.25);
    const reference = await referTo(inputs.value('image', 'picture'), weight);
    const scope = scopeOf(inputs.string('weight_type'));
    return {
      outputs: [{ ...model, references: [...model.references, { ...reference, scope }] }],
    };
  },
};

function scopeOf(weightType: string): Reference['scope'] {
  if (weightType.includes('style') && !weightType.includes('composition')) return 'style';
  return weightType.startsWith('composition') ? 'person' : 'all';
}
