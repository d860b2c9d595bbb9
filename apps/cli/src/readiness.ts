import { waitUntil } from '@avatarforge/embedded';
import { z } from 'zod';
import { CliError } from './cliError';

const Readiness = z.object({
  pool: z.object({ workers: z.number(), instances_healthy: z.number() }),
});

const ANSWER_TIMEOUT_MS = 2_000;

/** How far the start has come: what the API says of itself, or why it says nothing. */
type Stage = { isPoolHealthy: boolean } | { missing: string };

async function readStage(url: string): Promise<Stage> {
  let response: Response;
  try {
    response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch {
    return { missing: 'The API does not answer.' }; // it may not listen yet
  }
  const body = await response.text();
  if (!response.ok) return { missing: `The API is not ready: ${body}` };
  const { pool } = Readiness.parse(JSON.parse(body));
  if (pool.workers < 1) return { missing: 'No worker has announced itself.' };
  return { isPoolHealthy: pool.instances_healthy > 0 };
}

/** How long to wait for the API with a worker, and then for a healthy instance. */
export interface ReadyLimits {
  timeoutMs: number;
  poolTimeoutMs: number;
  signal: AbortSignal;
  /** What to do when the API or the worker does not come. */
  todo: string;
}

/**
 * Waits until the API is ready, with a worker, and if possible a healthy instance.
 * @returns whether there is a healthy instance. @throws CliError naming what else is missing.
 */
export async function waitUntilReady(url: string, limits: ReadyLimits): Promise<boolean> {
  const { timeoutMs, poolTimeoutMs, signal, todo } = limits;
  let stage: Stage = { missing: 'The API does not answer.' };
  const isUp = async (): Promise<boolean> => 'isPoolHealthy' in (stage = await readStage(url));
  if (!(await waitUntil(isUp, { timeoutMs, everyMs: 100, signal }))) {
    const missing = 'missing' in stage ? stage.missing : '';
    throw new CliError(`AvatarForge was not ready after ${timeoutMs / 1000} s. ${missing} ${todo}`);
  }
  const hasPool = async (): Promise<boolean> => {
    stage = await readStage(url);
    return 'isPoolHealthy' in stage && stage.isPoolHealthy;
  };
  return waitUntil(hasPool, { timeoutMs: poolTimeoutMs, everyMs: 100, signal });
}
