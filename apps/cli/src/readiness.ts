import { waitUntil } from '@avatarforge/embedded';
import { z } from 'zod';
import { CliError } from './cliError';

const Readiness = z.object({
  pool: z.object({ workers: z.number(), instances_healthy: z.number() }),
});

const ANSWER_TIMEOUT_MS = 2_000;

/** What is still missing, in words; undefined when pictures can be made. */
export async function findMissing(url: string): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch {
    return 'The API does not answer.'; // it may not listen yet
  }
  const body = await response.text();
  if (!response.ok) return `The API is not ready: ${body}`;
  const { pool } = Readiness.parse(JSON.parse(body));
  if (pool.workers < 1) return 'No worker has announced itself.';
  return pool.instances_healthy < 1 ? 'No ComfyUI instance is healthy.' : undefined;
}

/**
 * Waits until the API is ready, with a worker and a healthy instance.
 * @throws CliError when the time is over, naming what is missing.
 */
export async function waitUntilReady(
  url: string,
  { timeoutMs, signal, todo }: { timeoutMs: number; signal: AbortSignal; todo: string },
): Promise<void> {
  let missing: string | undefined;
  const isReady = async (): Promise<boolean> => (missing = await findMissing(url)) === undefined;
  if (await waitUntil(isReady, { timeoutMs, everyMs: 100, signal })) return;
  throw new CliError(`AvatarForge was not ready after ${timeoutMs / 1000} s. ${missing} ${todo}`);
}
