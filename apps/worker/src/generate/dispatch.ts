import { buffer } from 'node:stream/consumers';
import { ComfyUnavailableError } from '@avatarforge/comfy';
import type { Graph } from '@avatarforge/core';
import { markDispatched, markDispatching, type ClaimedAttempt } from '@avatarforge/db';
import { DeadlineError, withDeadline } from '@avatarforge/runtime';
import { ObjectNotFoundError, StorageUnavailableError } from '@avatarforge/storage';
import { withOutputPrefix } from '@avatarforge/workflows';
import { endForFailure, endWith } from './endWith';
import type { Session } from './session';
import { giveBack } from './takeback';
import type { WatchedPrompt } from './watchedPrompt';

/** Folder of ComfyUI's input and output directories that is ours. */
const FOLDER = 'af';
/** For the answer to a POST, which may still arrive when it is cut off. */
const SUBMIT_MS = 3000;
const READ_INPUT_MS = 8000;

/**
 * Hands a claimed attempt to ComfyUI: inputs first, then `dispatching` is committed, then the one POST of this id.
 * Returns whether it may be there and is to be followed.
 */
export async function dispatch(
  session: Session,
  attempt: ClaimedAttempt,
  { clientId, prompt }: { clientId: string; prompt: WatchedPrompt },
): Promise<boolean> {
  const { database, held, comfy, channel, log } = session;
  const { attemptId, ownerId, generationId } = attempt;
  const { epoch } = held.lease;
  const viewed = channel.isViewed(ownerId, generationId);
  const graph = await prepare(session, attempt);
  // They cost the instance some time at every step; one that is too old makes none.
  const previewMethod = (await viewed) ? 'latent2rgb' : undefined;
  if (!graph || !held.isHeld()) return false;
  if (prompt.isCancelled) {
    await endWith(session, attempt, 'cancelled');
    return false;
  }
  if (prompt.isWantedElsewhere) {
    await giveBack(session, attempt);
    return false;
  }
  if (!(await markDispatching(database, attemptId, epoch))) return false;
  const timeoutMs = Math.min(SUBMIT_MS, held.remainingMs());
  if (timeoutMs === 0) return false;

  prompt.wasSent = true;
  // Not cut off when the lease is given back: the answer is waited for, so that the next holder knows where to look.
  const result = await comfy.submit(
    {
      promptId: attemptId,
      clientId,
      graph,
      attemptTag: { deployment: session.deployment, attempt: attemptId },
      ...(previewMethod && { previewMethod }),
    },
    { timeoutMs },
  );
  switch (result.outcome) {
    case 'accepted':
      await markDispatched(database, attemptId, epoch);
      return true;
    case 'unknown':
      log.warn(
        { attempt_id: attemptId, err: result.cause },
        'no answer to a submission, looking for it',
      );
      return true;
    case 'not_sent':
      await endWith(session, attempt, 'not_submitted', { detail: result.cause.message });
      return false;
    case 'rejected':
      await endForFailure(session, attempt, { failure: result.failures[0], runMs: 0 });
      return false;
    default:
      throw new Error(`unknown outcome ${JSON.stringify(result satisfies never)}`);
  }
}

/** The graph with its inputs on the instance; null when they could not be brought there, and the attempt is over. */
async function prepare(session: Session, attempt: ClaimedAttempt): Promise<Graph | null> {
  try {
    return await bringInputs(session, attempt);
  } catch (error) {
    const isAway =
      error instanceof ComfyUnavailableError ||
      error instanceof StorageUnavailableError ||
      error instanceof DeadlineError;
    if (!isAway && !(error instanceof ObjectNotFoundError)) throw error;
    session.log.warn({ attempt_id: attempt.attemptId, err: error }, 'inputs could not be uploaded');
    await endWith(session, attempt, isAway ? 'not_submitted' : 'inputs_lost');
    return null;
  }
}

async function bringInputs(session: Session, attempt: ClaimedAttempt): Promise<Graph> {
  const graph = structuredClone(attempt.graph);
  const names = new Map<string, string>();
  for (const { node, field, filename, object_key: key } of attempt.uploads) {
    const name = names.get(key) ?? (await bringInput(session, filename, key));
    names.set(key, name);
    const target = graph[node];
    if (target) target.inputs[field] = name;
  }
  return withOutputPrefix(graph, `${FOLDER}/${attempt.attemptId}`);
}

/** Copies a picture from storage to the instance. Gives the name that the instance has for it. */
async function bringInput(
  { comfy, held, storage }: Session,
  filename: string,
  key: string,
): Promise<string> {
  const read = async () => buffer((await storage.get(key)).body);
  const bytes = new Uint8Array(await withDeadline(read, READ_INPUT_MS, 'reading an input'));
  return comfy.uploadImage({ bytes, filename, subfolder: FOLDER }, { signal: held.signal });
}
