import { eventually } from '@avatarforge/testing';
import type { Api, Answered } from './api';

/** As long as the slowest machine takes. */
const DONE = { timeoutMs: 60_000, everyMs: 50 };
/** More than any test takes, at `STEP_MS` a step. */
const MANY_STEPS = 150;
/** How long the simulator takes for a step. */
export const STEP_MS = 50;

/** A wish that is drawn at once. */
export const WISH = { prompt: 'a warrior', steps: 1, width: 64, height: 64 };
export const LONG_WISH = { ...WISH, steps: MANY_STEPS };

/** Waits until a generation of the original contract has come to its end, which must be a good one. */
export function drawn(api: Api, id: string): Promise<Answered<'getAvatar'>['body']> {
  return eventually(async () => {
    const { body } = await api.ask('getAvatar', { params: { id } });
    if (body.status === 'failed') throw new Error(body.message);
    return body.status === 'completed' && body;
  }, DONE);
}

/** Waits until a generation of v1 is in this state. */
export function inState(
  api: Api,
  id: string,
  status: Answered<'getGeneration'>['body']['status'],
): Promise<Answered<'getGeneration'>['body']> {
  return eventually(async () => {
    const { body } = await api.ask('getGeneration', { params: { id } });
    return body.status === status && body;
  }, DONE);
}
