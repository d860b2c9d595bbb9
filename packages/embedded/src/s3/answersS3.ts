import { ANSWER_TIMEOUT_MS } from '../answersOn';

/** Whether an S3 service answers at this address. */
export async function answersS3(endpoint: string): Promise<boolean> {
  try {
    const { ok } = await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return ok;
  } catch {
    return false; // nobody listens yet, or not in time
  }
}
