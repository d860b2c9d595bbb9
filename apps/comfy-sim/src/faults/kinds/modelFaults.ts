import { z } from 'zod';
import { NodeFailure } from '../../nodes/nodeKind';
import { faultKind } from '../faultKind';

const isNot = (model: string) => (name: string) => name !== model;

/** What goes wrong with model files. */
export const modelFaults = {
  model_missing: faultKind({
    summary:
      'The model is in no list any more: not in `object_info`, not in `/models`; a prompt that names it gets 400 `value_not_in_list`. Switched on after a client read the lists, these are stale.',
    parameters: { model: z.string().min(1) },
    alters: {
      'models.listed': ({ model }, files) =>
        Object.fromEntries(
          Object.entries(files).map(([folder, names]) => [folder, names.filter(isNot(model))]),
        ),
    },
  }),

  model_gone: faultKind({
    summary:
      'The model is still listed, and prompts that name it are accepted; the node that loads it raises `FileNotFoundError`.',
    parameters: { model: z.string().min(1), folder: z.string().min(1).default('checkpoints') },
    concerns: ({ model }, { inputs }) => Object.values(inputs ?? {}).includes(model),
    acts: {
      'node.run': ({ model, folder }) => {
        const text = `Model in folder '${folder}' with filename '${model}' not found.`;
        throw new NodeFailure('FileNotFoundError', text);
      },
    },
  }),
};
