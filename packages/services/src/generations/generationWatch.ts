import { setTimeout as delay } from 'node:timers/promises';
import { findFinal, type Database } from '@avatarforge/db';

const POLL_MS = 250;

/** Waits for generations to become final; one statement asks for all who wait. */
export interface GenerationWatch {
  /** Whether the generation became final before `signal` aborted. */
  untilFinal(id: string, signal: AbortSignal): Promise<boolean>;
}

/** @param deps.onError told when the database could not be asked; it is asked again. */
export function createGenerationWatch(deps: {
  database: Database;
  onError: (error: unknown) => void;
}): GenerationWatch {
  const waiting = new Map<() => void, string>();
  let polling: Promise<void> | null = null;

  const ask = async () => {
    try {
      const final = new Set(await findFinal(deps.database, [...new Set(waiting.values())]));
      for (const [tell, id] of waiting) if (final.has(id)) tell();
    } catch (error) {
      deps.onError(error);
    }
  };
  const poll = async () => {
    while (waiting.size > 0) {
      await ask();
      await delay(POLL_MS);
    }
    polling = null;
  };

  return {
    untilFinal: (id, signal) =>
      new Promise((resolve) => {
        const end = (isFinal: boolean) => {
          waiting.delete(tell);
          signal.removeEventListener('abort', giveUp);
          resolve(isFinal);
        };
        const tell = () => {
          end(true);
        };
        const giveUp = () => {
          end(false);
        };
        if (signal.aborted) {
          resolve(false);
          return;
        }
        signal.addEventListener('abort', giveUp);
        waiting.set(tell, id);
        polling ??= poll();
      }),
  };
}
