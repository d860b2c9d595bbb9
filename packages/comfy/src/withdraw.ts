import { isOutage } from './errors';
import type { Http } from './http';
import { look } from './look';
import { cancel, deleteHistory, deleteQueued } from './queue';

/**
 * Removes a prompt that ComfyUI has queued though it refused parts of it.
 * Resolves to whether it may still be there.
 */
export async function withdraw(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await deleteQueued(http, promptId, signal);
    let { state } = await look(http, promptId, signal);
    if (state === 'running') {
      await cancel(http, promptId, signal);
      ({ state } = await look(http, promptId, signal));
    }
    if (state === 'finished') await deleteHistory(http, promptId, signal);
    return state === 'running' || state === 'pending';
  } catch (error) {
    if (isOutage(error, signal)) return true;
    throw error;
  }
}
