import type { WaitingReason } from '@avatarforge/contracts';
import { GENERATION_TRANSITIONS, isTerminal } from '@avatarforge/core';
import {
  readProgress,
  type Database,
  type GenerationRecord,
  type RunningShot,
  type WaitingShots,
} from '@avatarforge/db';
import { createForesight, type Foresight } from '../pool/foresight';

/** What is foreseen for a generation, about. */
export interface Outlook {
  /** Shots of anybody's that are begun before its first waiting one. */
  queuePosition: number | null;
  /** Milliseconds until the last of it is drawn. */
  etaMs: number | null;
  /** Why nothing of it is being drawn. */
  waitingReason: WaitingReason | null;
}

/** For what is final, and for what is not looked at. */
export const NO_OUTLOOK: Outlook = { queuePosition: null, etaMs: null, waitingReason: null };

/** Tells what is foreseen for generations. */
export interface Outlooks {
  /** By id; those that are final have none. Two statements, whatever their number, and none where all are final. */
  of(generations: GenerationRecord[]): Promise<Map<string, Outlook>>;
  /** Milliseconds from one drawn shot of the owner's to the next; null when that is not known. */
  paceMs(ownerId: string): Promise<number | null>;
}

/** From what workers foresee for the pool, read once a second for all who ask. */
export function createOutlooks(deps: { database: Database }): Outlooks {
  const readForesight = createForesight(deps);
  return {
    async of(generations) {
      const ids = generations
        .filter(({ status }) => !isTerminal(GENERATION_TRANSITIONS, status))
        .map(({ id }) => id);
      if (ids.length === 0) return new Map();
      const [foresight, progress] = await Promise.all([
        readForesight(),
        readProgress(deps.database, ids),
      ]);
      return new Map(
        ids.map((id) => {
          const ofThis = (shots: { generationId: string }) => shots.generationId === id;
          const waiting = progress.waiting.filter(ofThis);
          const running = progress.running.filter(ofThis);
          const waitingReason = running.length > 0 ? null : reasonFor(waiting, foresight);
          return [id, { ...toTimes({ waiting, running }, foresight), waitingReason }];
        }),
      );
    },
    paceMs: async (ownerId) => (await readForesight())?.paceMs(ownerId) ?? null,
  };
}

function toTimes(
  { waiting, running }: { waiting: WaitingShots[]; running: RunningShot[] },
  foresight: Foresight | null,
): Pick<Outlook, 'queuePosition' | 'etaMs'> {
  const firsts = waiting.map((shots) => foresight?.at(shots)?.queuePosition ?? null);
  const lasts = waiting.map((shots) => {
    const last = { ...shots, ahead: shots.ahead + shots.waiting - 1 };
    return foresight?.at(last)?.endMs ?? null;
  });
  const positions = firsts.filter((position) => position !== null);
  const ends = [...lasts, ...running.map(({ restMs }) => restMs)];
  const knownEnds = ends.filter((end) => end !== null);
  return {
    queuePosition: positions.length === 0 ? null : Math.min(...positions),
    // The last one counts: while the end of one is not known, the end of all is not.
    etaMs: ends.length === 0 || knownEnds.length < ends.length ? null : Math.max(...knownEnds),
  };
}

/** Of several lines, the one that may move first tells. */
function reasonFor(waiting: WaitingShots[], foresight: Foresight | null): WaitingReason | null {
  if (waiting.length === 0) return null;
  if (waiting.every(({ backOffMs }) => backOffMs > 0)) return 'backing_off';
  // Workers write forecasts: where there is none of late, no worker is there.
  if (!foresight) return 'pool_unavailable';
  const reasons = waiting.map(({ requirement }) => foresight.reasonFor(requirement));
  return reasons.find((reason) => reason === 'busy') ?? reasons[0] ?? null;
}
