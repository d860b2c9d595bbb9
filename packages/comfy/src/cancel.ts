import { z } from 'zod';
import { encodePart, readAnswer, type Http } from './http';
import { look } from './look';
import { deleteQueued } from './queue';
import type { Server } from './server';

/**
 * `cancelled`: it was taken out of the queue, or told to stop; look for its end. `not_there`: it neither
 * waited nor ran. `not_possible`: it runs, and this ComfyUI can only stop whatever runs.
 */
export type CancelResult = 'cancelled' | 'not_there' | 'not_possible';

/** Cancels that prompt and no other: an interrupt always names it, or is not sent. */
export async function cancel(
  server: Server,
  promptId: string,
  signal: AbortSignal,
): Promise<CancelResult> {
  const { http, capabilities } = server;
  return (
    (capabilities.hasCancel ? await cancelByRoute(http, promptId, signal) : null) ??
    cancelBySteps(server, promptId, signal)
  );
}

const Cancelled = z.object({ cancelled: z.boolean() });

/** Atomically; null when there is no such route after all. */
async function cancelByRoute(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<CancelResult | null> {
  const path = `/api/jobs/${encodePart(promptId)}/cancel`;
  const request = { method: 'POST', path, body: {} } as const;
  const answer = await http.send(request, signal);
  if (answer.status === 404 || answer.status === 405) return null;
  return readAnswer(request, answer, Cancelled).cancelled ? 'cancelled' : 'not_there';
}

async function cancelBySteps(
  server: Server,
  promptId: string,
  signal: AbortSignal,
): Promise<CancelResult> {
  let found = await look(server, promptId, signal);
  if (found.state === 'pending') {
    await deleteQueued(server.http, found.promptId, signal);
    found = await look(server, promptId, signal);
    if (found.state === 'absent') return 'cancelled';
  }
  if (found.state === 'absent' || found.state === 'finished') return 'not_there';
  const isPossible = found.state === 'running' && server.capabilities.canInterruptById;
  if (!isPossible) return 'not_possible';
  await interrupt(server.http, found.promptId, signal);
  return 'cancelled';
}

function interrupt(http: Http, promptId: string, signal: AbortSignal): Promise<void> {
  const body = { prompt_id: promptId };
  return http.command({ method: 'POST', path: '/api/interrupt', body }, signal);
}
