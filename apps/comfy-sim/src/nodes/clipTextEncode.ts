import type { NodeKind } from './nodeKind';

export const clipTextEncode: NodeKind = {
  run(inputs) {
    return Promise.resolve({ outputs: [{ kind: 'conditioning', text: inputs.string('text') }] });
  },
};
