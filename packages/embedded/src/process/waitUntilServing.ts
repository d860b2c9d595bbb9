import { EmbeddedError, explain } from '../embeddedError';
import { waitUntil } from '../waitUntil';
import { identityOf } from './identity';
import type { RunningService } from './spawnService';

/** How a server tells that it serves, and what to say when it does not. */
export interface ServingCheck {
  isServing: () => boolean | Promise<boolean>;
  timeoutMs: number;
  /** The first words of the error, for instance `Redis did not start.` */
  what: string;
  todo: string;
  signal?: AbortSignal | undefined;
}

async function wait(service: RunningService, check: ServingCheck): Promise<void> {
  const { isServing, timeoutMs, what, todo, signal } = check;
  const hasEnded = (): boolean => identityOf(service.pid) === undefined;
  const isSettled = await waitUntil(async () => hasEnded() || (await isServing()), {
    timeoutMs,
    signal,
  });
  if (hasEnded()) throw explain(what, service.tail(), todo);
  if (isSettled) return;
  throw new EmbeddedError({ what, why: `It was not ready after ${timeoutMs / 1000} s.`, todo });
}

/**
 * Waits until a service serves; stops it when it does not.
 * @throws EmbeddedError when it ends (with the last lines of its log) or when the time is over.
 */
export async function waitUntilServing(
  service: RunningService,
  check: ServingCheck,
): Promise<void> {
  try {
    await wait(service, check);
  } catch (error) {
    await service.stop();
    throw error;
  }
}
