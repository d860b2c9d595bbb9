import { cancel } from './cancel';
import { isOutage } from './errors';
import { look } from './look';
import { deleteHistory } from './queue';
import type { Server } from './server';

/**
 * Removes a prompt that ComfyUI has queued though it is refused.
 * Resolves to whether it may still be there.
 */
export async function withdraw(
  server: Server,
  promptId: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await cancel(server, promptId, signal);
    const { state } = await look(server, promptId, signal);
    if (state === 'finished') await deleteHistory(server.http, promptId, signal);
    return state === 'running' || state === 'pending';
  } catch (error) {
    if (isOutage(error, signal)) return true;
    throw error;
  }
}
