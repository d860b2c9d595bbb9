import { NodeFailure, OutOfMemory, type NodeKind } from './nodeKind';

/** Always fails: by running out of memory, or with a plain exception. */
export const labFail: NodeKind = {
  run(inputs) {
    const isOom = inputs.string('mode') === 'oom';
    return Promise.reject(
      isOom ? new OutOfMemory() : new NodeFailure('RuntimeError', 'lab failure'),
    );
  },
};
