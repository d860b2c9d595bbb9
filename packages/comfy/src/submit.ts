import { z } from 'zod';
import { choicesFinder } from './choices';
import { ComfyUnavailableError, isOutage } from './errors';
import { toFailure } from './failures';
import { parseAnswer, readAnswer, type Answer, type HttpRequest } from './http';
import type { AttemptTag } from './queue';
import {
  fromNodeErrors,
  fromRejection,
  NodeErrors,
  Rejection,
  type ComfyFailures,
} from './rejection';
import type { FindServer, Server } from './server';
import { withdraw } from './withdraw';

/** Node classes with their inputs, by node id: ComfyUI's API format. */
export type Graph = Record<string, { class_type: string; inputs: Record<string, unknown> }>;

export interface Submission {
  /** A canonical lowercase UUID, never submitted before. A ComfyUI before 0.3.45 makes an id of its own instead. */
  promptId: string;
  /** Whose socket gets the events. */
  clientId: string;
  graph: Graph;
  /** Its `attempt` is `promptId`: what a ComfyUI with ids of its own is asked for. */
  attemptTag: AttemptTag;
  /** Whether and how its previews are made; as ComfyUI was started when absent, mostly `none`. */
  previewMethod?: 'none' | 'auto' | 'latent2rgb' | 'taesd';
}

/**
 * `accepted`: it waits or runs, as `promptId`. `rejected`: it will never run; `lingers` says that ComfyUI had begun
 * it in part and has not let go yet. `not_sent`: ComfyUI did not get it. `unknown`: the answer never
 * came, so it may or may not be there, now or in a while: look for it, do not submit it again.
 */
export type SubmitResult =
  | { outcome: 'accepted'; promptId: string; number: number }
  | { outcome: 'rejected'; failures: ComfyFailures; lingers: boolean }
  | { outcome: 'not_sent'; cause: ComfyUnavailableError }
  | { outcome: 'unknown'; cause: unknown };

const FOREIGN_ID = toFailure({
  kind: 'invalid',
  message: 'ComfyUI did not keep the id of the prompt.',
});
const Accepted = z.object({
  prompt_id: z.string(),
  number: z.number(),
  node_errors: NodeErrors,
});

/** Posts the graph, once. Rejects only when the signal aborts before anything is sent. */
export async function submit(
  findServer: FindServer,
  submission: Submission,
  signal: AbortSignal,
): Promise<SubmitResult> {
  signal.throwIfAborted();
  let server: Server;
  try {
    server = await findServer(signal);
  } catch (cause) {
    if (cause instanceof ComfyUnavailableError) return { outcome: 'not_sent', cause };
    throw cause;
  }
  try {
    const answer = await server.http.send(toRequest(submission), signal);
    return await readResult(server, submission, answer, signal);
  } catch (cause) {
    if (!isOutage(cause, signal)) throw cause;
    const isNotSent = cause instanceof ComfyUnavailableError && !cause.reached;
    return isNotSent ? { outcome: 'not_sent', cause } : { outcome: 'unknown', cause };
  }
}

function toRequest(submission: Submission): HttpRequest {
  const { promptId, clientId, graph, attemptTag, previewMethod } = submission;
  return {
    method: 'POST',
    path: '/api/prompt',
    body: {
      prompt_id: promptId,
      client_id: clientId,
      prompt: graph,
      // A key with null would poison the list of jobs, so an absent one stays absent.
      extra_data: { avatarforge: attemptTag, preview_method: previewMethod },
    },
  };
}

async function readResult(
  server: Server,
  submission: Submission,
  answer: Answer,
  signal: AbortSignal,
): Promise<SubmitResult> {
  const request = toRequest(submission);
  const findChoices = choicesFinder(server.http, signal);
  if (answer.status === 413) {
    return refused([toFailure({ kind: 'invalid', message: 'The graph is too large.' })], false);
  }
  if (answer.status === 400 && answer.isJson) {
    const rejection = parseAnswer(request, answer, Rejection);
    return refused(await fromRejection(rejection, findChoices), false);
  }
  const accepted = readAnswer(request, answer, Accepted);
  const { prompt_id: promptId, number } = accepted;
  const isKnown = promptId === submission.promptId || !server.capabilities.keepsPromptId;
  if (isKnown && isEmpty(accepted.node_errors)) return { outcome: 'accepted', promptId, number };
  const lingers = await withdraw(server, promptId, signal);
  const failures = await fromNodeErrors(accepted.node_errors, findChoices);
  return refused(failures ?? [FOREIGN_ID], lingers);
}

function refused(failures: ComfyFailures, lingers: boolean): SubmitResult {
  return { outcome: 'rejected', failures, lingers };
}

function isEmpty(nodeErrors: NodeErrors): boolean {
  return Object.keys(nodeErrors).length === 0;
}
