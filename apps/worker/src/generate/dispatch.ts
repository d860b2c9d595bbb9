import { buffer } from 'node:stream/consumers';
import { markDispatched, markDispatching, type ClaimedAttempt } from '@avatarforge/db';
import type { Graph } from '@avatarforge/core';
import { withOutputPrefix } from '@avatarforge/workflows';
import { endForFailure, endWith } from './endWith';
import type { Session } from './session';

/** Marks what is ours on a ComfyUI that others use too. */
const DEPLOYMENT = 'avatarforge';
/** Folder of ComfyUI's input and output directories that is ours. */
const FOLDER = 'af';

/**
 * Hands a claimed attempt to ComfyUI: inputs first, then `dispatching` is committed, then the one POST of this id.
 * Returns whether it may be there and is to be followed.
 */
export async function dispatch(
  session: Session,
  attempt: ClaimedAttempt,
  clientId: string,
): Promise<boolean> {
  const { database, held, comfy, log } = session;
  const { attemptId } = attempt;
  const { epoch } = held.lease;
  const graph = await prepare(session, attempt);
  if (!graph || !held.isHeld()) return false;
  if (!(await markDispatching(database, attemptId, epoch)) || !held.isHeld()) return false;

  const result = await comfy.submit(
    {
      promptId: attemptId,
      clientId,
      graph,
      attemptTag: { deployment: DEPLOYMENT, attempt: attemptId },
    },
    { signal: held.signal },
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
      await endWith(session, attempt, 'not_submitted', result.cause.message);
      return false;
    case 'rejected':
      await endForFailure(session, attempt, result.failures[0]);
      return false;
    default:
      throw new Error(`unknown outcome ${JSON.stringify(result satisfies never)}`);
  }
}

/** The graph with its inputs on the instance; null when they could not be brought there, and the attempt is over. */
async function prepare(session: Session, attempt: ClaimedAttempt): Promise<Graph | null> {
  try {
    const graph = withOutputPrefix(attempt.graph, `${FOLDER}/${attempt.attemptId}`);
    for (const { node, field, filename, object_key: key } of attempt.uploads) {
      const { body } = await session.storage.get(key);
      const bytes = await buffer(body);
      const name = await session.comfy.uploadImage(
        { bytes: new Uint8Array(bytes), filename, subfolder: FOLDER },
        { signal: session.held.signal },
      );
      const target = graph[node];
      if (target) target.inputs[field] = name;
    }
    return graph;
  } catch (error) {
    session.log.warn({ attempt_id: attempt.attemptId, err: error }, 'inputs could not be uploaded');
    await endWith(session, attempt, 'not_submitted', 'The inputs could not be uploaded.');
    return null;
  }
}
