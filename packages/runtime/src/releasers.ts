import { withDeadline } from './deadline';
import type { Logger } from './logger';

/** Gives back one acquired thing; `signal` aborts at its deadline. */
export type Release = (signal: AbortSignal) => Promise<unknown>;

/** Everything acquired so far, each thing with the way to give it back. */
export interface Releasers {
  /** Remembers how to give back what was just acquired. @throws when the release has begun. */
  push(name: string, release: Release, options: { timeoutMs: number }): void;
  /**
   * Gives everything back, the last acquired first. A failure or a missed deadline does not keep
   * the rest from being released; the first of them is thrown at the end. @throws when called twice.
   */
  release(): Promise<void>;
}

export interface ReleasersOptions {
  /** Told of every release that failed. */
  log?: Pick<Logger, 'error'>;
}

/** An empty stack of releases. */
export function createReleasers({ log }: ReleasersOptions = {}): Releasers {
  const acquired: { name: string; run: () => Promise<unknown> }[] = [];
  let hasBegun = false;

  return {
    push(name, release, { timeoutMs }) {
      if (hasBegun) throw new Error(`${name} was acquired after the release had begun`);
      const run = () => withDeadline(release, timeoutMs, name);
      acquired.push({ name, run });
    },

    async release() {
      if (hasBegun) throw new Error('the releasers have been released already');
      hasBegun = true;
      const errors: unknown[] = [];
      for (const { name, run } of acquired.reverse()) {
        try {
          await run();
        } catch (error) {
          log?.error({ err: error, released: name }, 'release failed');
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}

/**
 * Runs `start`, which pushes a release for each thing it acquires. When it fails, what it had
 * acquired is released and its error thrown; otherwise the releasers are its own to keep.
 */
export async function withReleasers<T>(
  start: (releasers: Releasers) => Promise<T>,
  options: ReleasersOptions = {},
): Promise<T> {
  const releasers = createReleasers(options);
  try {
    return await start(releasers);
  } catch (error) {
    await releaseAfter(error, releasers);
    throw error;
  }
}

/** A failed start is what happened; a failed release of it is only added to the account. */
async function releaseAfter(error: unknown, releasers: Releasers): Promise<void> {
  try {
    await releasers.release();
  } catch (releaseError) {
    throw new AggregateError([error, releaseError], 'the start failed, and so did its release');
  }
}
