import { z } from 'zod';
import { ExecutionError, fromExecutionError, type ComfyFailure } from './failures';
import { parseJsonOrNull } from './json';
import { filesOf, type OutputRef } from './outputs';

/**
 * What a ComfyUI tells a socket. Events are hints: any may be lost, and prompts of others appear among
 * them, so what matters is confirmed by `look`.
 */
export type ComfyEvent =
  | { type: 'status'; queueRemaining: number; sid: string | null }
  | { type: 'executionStart'; promptId: string }
  | { type: 'executionCached'; promptId: string; nodeIds: string[] }
  /** `promptId` is null right after reconnecting during a run. */
  | { type: 'executing'; promptId: string | null; nodeId: string }
  | { type: 'progress'; promptId: string; nodeId: string; value: number; max: number }
  | { type: 'executed'; promptId: string; nodeId: string; files: OutputRef[] }
  /** Comes before history has the verdict; wait for `finished`. */
  | { type: 'executionSuccess'; promptId: string }
  | { type: 'executionError'; promptId: string; failure: ComfyFailure }
  | { type: 'executionInterrupted'; promptId: string }
  /** The prompt is over and history has its verdict. */
  | { type: 'finished'; promptId: string }
  | PreviewEvent
  /** Goes to all sockets and names no prompt. */
  | { type: 'text'; nodeId: string; text: string };

/** A picture of a run; ids are null when neither the frame nor an earlier event gives them. */
export interface PreviewEvent {
  type: 'preview';
  promptId: string | null;
  nodeId: string | null;
  mediaType: 'image/jpeg' | 'image/png';
  bytes: Buffer;
}

type Decoder = (data: unknown) => ComfyEvent | null;

function decoder<T>(schema: z.ZodType<T>, toEvent: (data: T) => ComfyEvent | null): Decoder {
  return (data) => {
    const result = schema.safeParse(data);
    return result.success ? toEvent(result.data) : null;
  };
}

const Status = z.object({
  status: z.object({ exec_info: z.object({ queue_remaining: z.number() }) }),
  sid: z.string().nullish(),
});
const Prompt = z.object({ prompt_id: z.string() });
const Cached = Prompt.extend({ nodes: z.array(z.string()) });
const Executing = z.object({ node: z.string().nullable(), prompt_id: z.string().optional() });
const Progress = Prompt.extend({ node: z.string(), value: z.number(), max: z.number() });
const Executed = Prompt.extend({ node: z.string(), output: z.unknown().optional() });
const PromptError = Prompt.extend(ExecutionError.shape);

const DECODERS: Record<string, Decoder> = {
  status: decoder(Status, ({ status, sid }) => ({
    type: 'status',
    queueRemaining: status.exec_info.queue_remaining,
    sid: sid ?? null,
  })),
  execution_start: decoder(Prompt, ({ prompt_id: promptId }) => ({
    type: 'executionStart',
    promptId,
  })),
  execution_cached: decoder(Cached, ({ prompt_id: promptId, nodes: nodeIds }) => ({
    type: 'executionCached',
    promptId,
    nodeIds,
  })),
  executing: decoder(Executing, toExecuting),
  progress: decoder(Progress, ({ prompt_id: promptId, node: nodeId, value, max }) => ({
    type: 'progress',
    promptId,
    nodeId,
    value,
    max,
  })),
  executed: decoder(Executed, ({ prompt_id: promptId, node: nodeId, output }) => ({
    type: 'executed',
    promptId,
    nodeId,
    files: filesOf(nodeId, output),
  })),
  execution_success: decoder(Prompt, ({ prompt_id: promptId }) => ({
    type: 'executionSuccess',
    promptId,
  })),
  execution_error: decoder(PromptError, ({ prompt_id: promptId, ...error }) =>
    // A blocked branch is told as an error, yet the prompt goes on and may succeed.
    error.exception_type === 'ExecutionBlocked'
      ? null
      : { type: 'executionError', promptId, failure: fromExecutionError(error) },
  ),
  execution_interrupted: decoder(Prompt, ({ prompt_id: promptId }) => ({
    type: 'executionInterrupted',
    promptId,
  })),
};

function toExecuting({ node, prompt_id: promptId }: z.infer<typeof Executing>): ComfyEvent | null {
  if (node !== null) return { type: 'executing', promptId: promptId ?? null, nodeId: node };
  return promptId === undefined ? null : { type: 'finished', promptId };
}

const Frame = z.object({ type: z.string(), data: z.unknown().optional() });
/** Sent for every step with the state of all nodes: megabytes in a long run, and all known otherwise. */
const FLOOD = /^\{\s*"type":\s*"progress_state"/;

/** The event of a text frame; null when it is none: extensions of ComfyUI send what they like. */
export function readTextFrame(text: string): ComfyEvent | null {
  if (FLOOD.test(text)) return null;
  const frame = Frame.safeParse(parseJsonOrNull(text)).data;
  if (!frame || !Object.hasOwn(DECODERS, frame.type)) return null;
  return DECODERS[frame.type]?.(frame.data) ?? null;
}
