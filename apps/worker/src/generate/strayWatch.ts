import type { CallOptions, QueueItem } from '@avatarforge/comfy';
import { countDispatched, findOpenAttempts } from '@avatarforge/db';
import type { Session } from './session';

/** What was read of the queue and of the database may be of two moments: what is a stray twice, so far apart, is one. */
const LOOKS_APART_MS = 2000;

/**
 * Finds prompts of ours on an instance that belong to no open attempt, and stops them: a worker that was frozen may submit a
 * prompt long after others gave it up, and a database that was restored may have forgotten it. Prompts of others are left
 * alone. One that is over before it is seen twice is not found.
 */
export class StrayWatch {
  /** When each was seen first, by ComfyUI's id of it. */
  private suspects = new Map<string, number>();
  /** Those that were stopped. */
  private readonly stopped = new Set<string>();
  private isFirstLook = true;

  constructor(private readonly session: Session) {}

  /**
   * `length`: how many prompts run or wait. Returns the stray that runs, for nothing else to be sent while it does: from the
   * second look on, or at the first of a new driver, who may have come because of it.
   */
  async sweep(length: number, call: CallOptions): Promise<string | null> {
    const { database, held } = this.session;
    const isFirstLook = this.isFirstLook;
    this.isFirstLook = false;
    // To read the queue costs ComfyUI the graphs of all that is in it.
    const isAsExpected = length === (await countDispatched(database, held.lease.instanceId));
    if (isAsExpected && this.suspects.size === 0) return null;

    const { running, pending } = await this.session.comfy.queue(call);
    const strays = await this.straysAmong([...running, ...pending]);
    await this.forgetEnded(strays, call);
    const now = performance.now();
    const seen = this.suspects;
    this.suspects = new Map(strays.map((id) => [id, seen.get(id) ?? now]));
    const sure = strays.filter((id) => now - (seen.get(id) ?? now) >= LOOKS_APART_MS);
    for (const id of sure) await this.stop(id, call);
    const runs = running.find(({ promptId }) => strays.includes(promptId))?.promptId ?? null;
    return runs !== null && (isFirstLook || sure.includes(runs)) ? runs : null;
  }

  private async straysAmong(items: QueueItem[]): Promise<string[]> {
    const { database, deployment } = this.session;
    const ours = items.filter(({ tag }) => tag?.deployment === deployment);
    // Open on another instance is open, too: one ComfyUI may be known by two addresses.
    const open = new Set(await findOpenAttempts(database, ours.map(attemptOf)));
    return ours.filter((item) => !open.has(attemptOf(item))).map(({ promptId }) => promptId);
  }

  private async stop(promptId: string, call: CallOptions): Promise<void> {
    const { comfy, held, log } = this.session;
    if (!held.isHeld()) return;
    const result = await comfy.cancel(promptId, call);
    if (!this.stopped.has(promptId)) log.warn({ prompt_id: promptId, result }, 'stray prompt');
    this.stopped.add(promptId);
  }

  /** Makes ComfyUI forget the strays that it has stopped. */
  private async forgetEnded(strays: string[], call: CallOptions): Promise<void> {
    const { comfy, held } = this.session;
    for (const promptId of this.stopped) {
      if (strays.includes(promptId) || !held.isHeld()) continue;
      await comfy.deleteHistory(promptId, call);
      this.stopped.delete(promptId);
    }
  }
}

function attemptOf({ tag, promptId }: QueueItem): string {
  return tag?.attempt ?? promptId;
}
