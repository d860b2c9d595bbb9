import { z } from 'zod';
import { NodeFailure, OutOfMemory } from '../../nodes/nodeKind';
import { faultKind, milliseconds } from '../faultKind';
import { forever } from '../lifeEnd';

/** What goes wrong inside a node. */
export const nodeFaults = {
  node_error: faultKind({
    summary: 'The node raises: `execution_error`, the prompt ends, the next one runs.',
    parameters: {
      exception_type: z.string().min(1).default('RuntimeError'),
      message: z.string().default('fault: node_error'),
    },
    acts: {
      'node.run': ({ exception_type, message }) => {
        throw new NodeFailure(exception_type, message);
      },
    },
  }),

  out_of_memory: faultKind({
    summary:
      'The node runs out of graphics memory: `execution_error` with the type and the advice of the real one; all models are unloaded. Old PyTorch has `torch.cuda.OutOfMemoryError`.',
    parameters: {
      exception_type: z
        .enum(['torch.OutOfMemoryError', 'torch.cuda.OutOfMemoryError'])
        .default('torch.OutOfMemoryError'),
    },
    acts: {
      'node.run': ({ exception_type }) => {
        throw new OutOfMemory(exception_type);
      },
    },
  }),

  node_slow: faultKind({
    summary:
      'The node spends so much longer in one operation; an interruption meanwhile takes effect at its end.',
    parameters: { ms: milliseconds },
    acts: { 'node.run': ({ ms }, _scene, { wait }) => wait(ms) },
  }),

  node_hang: faultKind({
    summary: 'The node never ends, also when interrupted. Only a restart helps.',
    parameters: {},
    acts: { 'node.run': (_given, _scene, { server }) => forever(server.signal) },
  }),

  execution_blocked: faultKind({
    summary:
      'The node blocks what follows it: `execution_error` of type `ExecutionBlocked` for each node that takes its result, yet the prompt ends in success, without their outputs. With `message: null` it blocks without a word.',
    parameters: { message: z.string().nullable().default('fault: execution_blocked') },
    alters: {
      'node.result': ({ message }, result) => ({ outputs: result.outputs, blocks: { message } }),
    },
  }),
};
