import { createHash } from 'node:crypto';
import { saveCapabilities, type ModelFolders } from '@avatarforge/db';
import { backoff } from '@avatarforge/runtime';
import { Wake } from '../wake';
import type { Session } from './session';

/** People install models and nodes while ComfyUI runs. */
const EVERY_MS = 10 * 60_000;
/** ComfyUI builds the answer anew and scans its model folders for it: seconds, on a large installation. */
const DEFINITIONS_MS = 60_000;
const PAUSE_MS = 5000;
const retryWait = backoff({ baseMs: PAUSE_MS, maxMs: EVERY_MS, jitter: 0.2 });
/** Folders that ComfyUI lists among those of models, and that hold none. */
const NO_MODELS = ['configs', 'custom_nodes', 'datasets'];

/**
 * Keeps true what is written of what an instance can run: learns it again when the session says so, every ten minutes,
 * and soon after it failed. Runs until the lease ends.
 */
export async function keepLearning(session: Session): Promise<void> {
  const { signal } = session.held;
  const pause = new Wake();
  const isOver = () => signal.aborted;
  let failures = 0;
  await session.relearn.wait(EVERY_MS, signal);
  while (!isOver()) {
    try {
      await learnCapabilities(session);
      failures = 0;
      await pause.wait(PAUSE_MS, signal);
      await session.relearn.wait(EVERY_MS, signal);
    } catch (error) {
      if (isOver()) return;
      session.log.warn({ err: error }, 'what the instance can run could not be learned');
      await session.relearn.wait(retryWait(failures), signal);
      failures += 1;
    }
  }
}

/** Asks an instance what it can run, and writes it down for the API to check graphs against. */
async function learnCapabilities({ comfy, database, held, log }: Session): Promise<void> {
  const { signal } = held;
  const definitions = await comfy.objectInfoText({ signal, timeoutMs: DEFINITIONS_MS });
  const models: ModelFolders = {};
  for (const folder of await comfy.modelFolders({ signal })) {
    if (NO_MODELS.includes(folder)) continue;
    const names = await comfy.models(folder, { signal });
    if (names && names.length > 0) models[folder] = names;
  }
  const { instanceId: id, epoch } = held.lease;
  const catalogHash = createHash('sha256').update(definitions).digest('hex');
  await saveCapabilities(database, { id, epoch, catalogHash, definitions, models });
  log.info({ catalog: catalogHash.slice(0, 12) }, 'capabilities learned');
}
