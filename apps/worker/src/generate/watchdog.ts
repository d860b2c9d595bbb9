import type { EndReason } from '@avatarforge/core';
import type { WatchedPrompt } from './watchedPrompt';

/** A prompt may be on its way from the kernel to ComfyUI, or from its queue to its history. */
const ABSENT_MS = 2000;
/** A server that refuses connections this long is gone, and with it queue and history: both are in its memory only. */
const REFUSED_MS = 10_000;
/** One that takes connections and does not answer may be busy, behind a slow proxy, or frozen for good. */
const SILENT_MS = 5 * 60_000;
/** Without a message: longer than the largest models take to load, or one step of the slowest run. */
const NO_PROGRESS_MS = 15 * 60_000;
/** The socket is pinged every 20 s: it lives if it was heard of this lately. */
const FRESH_MS = 30_000;

/** What was seen of a prompt at one time. */
export interface Sighting {
  /** `refused`: its instance takes no connections. `silent`: it takes them and does not answer. */
  state: 'pending' | 'running' | 'finished' | 'absent' | 'refused' | 'silent';
  /** By a monotonic clock, milliseconds. */
  at: number;
  /** When the socket to the instance last gave a sign of life; null without one. */
  socketHeardAt: number | null;
}

/** Decides when a prompt is to be waited for no longer. It has no clock of its own. */
export class Watchdog {
  private readonly absent = new Since();
  private readonly refused = new Since();
  private readonly silent = new Since();
  private readonly run = new Since();

  constructor(private readonly prompt: WatchedPrompt) {}

  /** Notes the sighting. Returns why to give up, or null to go on. */
  judge(sighting: Sighting): EndReason | null {
    const { state, at } = sighting;
    const { hasStarted, mayHaveStarted, wasCutOff, isStranded, maxRunMs } = this.prompt;
    const died = hasStarted || mayHaveStarted ? 'instance_lost' : 'released';
    this.absent.note(state === 'absent', at);
    this.refused.note(state === 'refused', at);
    this.silent.note(state === 'silent', at);
    this.run.note(hasStarted, at);
    if (this.absent.lasted(ABSENT_MS, at)) {
      if (wasCutOff) return died;
      return hasStarted ? 'evicted' : 'released';
    }
    if (this.refused.lasted(REFUSED_MS, at)) return died;
    if (this.silent.lasted(SILENT_MS, at)) return hasStarted ? 'hang' : 'released';
    if (isStranded && state === 'pending') return 'released';
    return this.run.lasted(maxRunMs, at) || this.isStill(sighting) ? 'hang' : null;
  }

  /** Silence means something only while it would be broken: the socket lives, and the prompt was heard on it. */
  private isStill({ state, at, socketHeardAt }: Sighting): boolean {
    const { heardAt } = this.prompt;
    if (state !== 'running' || heardAt === null || socketHeardAt === null) return false;
    return at - heardAt >= NO_PROGRESS_MS && at - socketHeardAt <= FRESH_MS;
  }
}

/** For how long something has been so, without a break. */
class Since {
  private at: number | null = null;

  note(isSo: boolean, at: number): void {
    if (!isSo) this.at = null;
    else this.at ??= at;
  }

  lasted(ms: number, at: number): boolean {
    return this.at !== null && at - this.at >= ms;
  }
}
