import { z } from 'zod';
import { ExecutionError, fromExecutionError, toFailure, type ComfyFailure } from './failures';
import { deliverables, NodeOutputs, type Output } from './outputs';

/** How a prompt ended. */
export type Verdict =
  | { outcome: 'success'; outputs: Output[]; runMs: number | null }
  | { outcome: 'error'; failure: ComfyFailure; runMs: number | null }
  | { outcome: 'interrupted'; runMs: number | null };

/** The part of a history entry that the verdict depends on. */
export const Ending = z.object({
  outputs: NodeOutputs.default({}),
  status: z
    .object({
      status_str: z.string(),
      messages: z.array(z.tuple([z.string(), z.record(z.string(), z.unknown())])),
    })
    .nullish(),
});
export type Ending = z.infer<typeof Ending>;

/**
 * The verdict on a finished prompt: an error message outweighs an interruption, and both outweigh
 * `status_str`, which says `success` even for a dependency cycle found while running.
 * `runMs` is how long ComfyUI says it ran, null when it does not say.
 */
export function judge({ outputs, status }: Ending): Verdict {
  const messages = new Map(status?.messages);
  const runMs = duration([...messages.values()]);
  const error = messages.get('execution_error');
  if (error) {
    return { outcome: 'error', failure: fromExecutionError(ExecutionError.parse(error)), runMs };
  }
  if (messages.has('execution_interrupted')) return { outcome: 'interrupted', runMs };
  if (status?.status_str === 'success') {
    return { outcome: 'success', outputs: deliverables(outputs), runMs };
  }
  const message = 'ComfyUI reported an error without saying which.';
  return { outcome: 'error', failure: toFailure({ kind: 'node_error', message }), runMs };
}

function duration(messages: Record<string, unknown>[]): number | null {
  const first = messages.at(0)?.['timestamp'];
  const last = messages.at(-1)?.['timestamp'];
  return typeof first === 'number' && typeof last === 'number' ? last - first : null;
}
