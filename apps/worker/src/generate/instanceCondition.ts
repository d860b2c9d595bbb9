import { FULL_MEMBER_SINCE } from '@avatarforge/comfy';
import {
  afterPicture,
  afterReturn,
  afterTrouble,
  circuitAllowance,
  circuitState,
  CLOSED_CIRCUIT,
  type Trouble,
} from '@avatarforge/core';
import type { InstanceHealth, InstanceTroubles } from '@avatarforge/db';

/** A prompt that runs on so long after it should have ended will not end by itself. */
const PATIENCE_MS = 60_000;
const SOLO = `ComfyUI is older than ${FULL_MEMBER_SINCE}: it gets one prompt at a time, which is never interrupted.`;
const RUNS_ON = 'A prompt that nobody waits for any more still runs.';

/**
 * How an instance that answers is, and how many prompts it may hold. Times are of a monotonic clock, which it does not have
 * itself, in milliseconds.
 */
export class InstanceCondition {
  /** It is too old for more than one prompt at a time. */
  isSolo = false;
  private circuit = CLOSED_CIRCUIT;
  /** It is not done with this prompt, which it should be done with. */
  private leftover: { promptId: string; since: number } | null = null;

  /** The prompt that has to end before the instance gets another one. */
  get leftoverId(): string | null {
    return this.leftover?.promptId ?? null;
  }

  /** Goes on from what the driver before remembered. */
  restore({ troubles, retryInMs }: InstanceTroubles, at: number): void {
    if (troubles === 0) return;
    const reason = `ComfyUI gave trouble ${troubles === 1 ? 'once' : `${troubles} times`} since its last picture.`;
    this.circuit = { troubles, openUntil: at + retryInMs, reason, isCurable: false };
  }

  /** What the next driver is to know. */
  memory(at: number): InstanceTroubles {
    const { troubles, openUntil } = this.circuit;
    return { troubles, retryInMs: Math.max(0, Math.round(openUntil - at)) };
  }

  /** `promptId`: what it is not done with. */
  trouble(trouble: Trouble, at: number, promptId: string | null = null): void {
    this.circuit = afterTrouble(this.circuit, trouble, { at, random: Math.random() });
    if (promptId !== null) this.leaveOver(promptId, at);
  }

  leaveOver(promptId: string, at: number): void {
    if (this.leftover?.promptId !== promptId) this.leftover = { promptId, since: at };
  }

  leftoverEnded(): void {
    this.leftover = null;
  }

  /** Returns whether it is well by that. */
  drewPicture(at: number): boolean {
    const before = this.circuit;
    this.circuit = afterPicture(before, at);
    return this.circuit !== before;
  }

  /** The connection was lost and is there again. */
  cameBack(at: number): void {
    this.circuit = afterReturn(this.circuit, at);
  }

  /** How many prompts it may hold: none, one, or as many as it likes. */
  allowance(at: number): number {
    if (this.leftover) return 0;
    return Math.min(circuitAllowance(this.circuit, at), this.isSolo ? 1 : Infinity);
  }

  /** For operators: what happened, and what comes next. */
  describe(at: number): { health: InstanceHealth; healthReason: string | null } {
    const { reason } = this.circuit;
    if (this.leftover) {
      const since = at - this.leftover.since;
      const next =
        since < PATIENCE_MS
          ? 'It gets no other prompt before that one has ended.'
          : `That one has not ended for ${Math.round(since / 60_000)} minutes: restart ComfyUI.`;
      return { health: 'quarantined', healthReason: `${reason ?? RUNS_ON} ${next}` };
    }
    switch (circuitState(this.circuit, at)) {
      case 'open':
        return {
          health: 'quarantined',
          healthReason: `${reason} It gets no prompt before ${timeIn(this.circuit.openUntil - at)}; then one is tried.`,
        };
      case 'half_open':
        return {
          health: 'half_open',
          healthReason: `${reason} It gets one prompt at a time until it has drawn a picture.`,
        };
      case 'closed':
        return { health: 'ok', healthReason: this.isSolo ? SOLO : null };
    }
  }
}

/** The time of day after so many milliseconds, for people. */
function timeIn(ms: number): string {
  return `${new Date(Date.now() + ms).toISOString().slice(11, 19)} UTC`;
}
