import type { RunningService } from '@avatarforge/embedded';
import { setTimeout as delay } from 'node:timers/promises';

const RESTART_MS = 1000;

/** A process that is started again whenever it ends by itself, as an operator's supervisor does it. */
export interface Keeper {
  name: string;
  /** Whether it runs and nobody holds it. */
  isWell(): boolean;
  /** The process that runs now, or ran last. */
  service(): RunningService;
  /** Starts it, again and again until it serves. */
  start(): Promise<void>;
  /** Asks it to end, and leaves it so. */
  stop(): Promise<void>;
  /** SIGKILL, and leaves it so. */
  kill(): Promise<void>;
  /** SIGSTOP: it looks alive and does nothing. */
  pause(): void;
  /** SIGCONT */
  resume(): void;
  /** The last it wrote, each time that it ended though nobody had told it to. */
  ownEnds(): readonly string[];
}

/** Keeps a process that `start` begins; `running`: one that was begun before. */
export function keep(
  name: string,
  start: () => Promise<RunningService>,
  running?: RunningService,
): Keeper {
  let current: RunningService | undefined;
  let isWanted = false;
  let isPaused = false;
  let isServing = false;
  const ownEnds: string[] = [];

  const watch = (service: RunningService) => {
    current = service;
    isServing = true;
    void service.exited.then(async () => {
      if (current !== service) return;
      isServing = false;
      if (!isWanted) return;
      ownEnds.push(service.tail());
      await delay(RESTART_MS);
      await begin();
    });
  };
  const begin = async () => {
    while (isWanted && !isServing) {
      try {
        watch(await start());
      } catch {
        // What it needs may be away: it is tried again, as long as it is wanted.
        await delay(RESTART_MS);
      }
    }
  };
  const pid = () => {
    if (!current) throw new Error(`${name} was never started`);
    return current.pid;
  };
  const signal = (which: NodeJS.Signals) => {
    // It may just have ended by itself.
    if (isServing) process.kill(-pid(), which);
  };
  if (running) {
    isWanted = true;
    watch(running);
  }
  return {
    name,
    isWell: () => isWanted && isServing && !isPaused,
    service() {
      if (!current) throw new Error(`${name} was never started`);
      return current;
    },
    async start() {
      isWanted = true;
      await begin();
    },
    async stop() {
      isWanted = false;
      await current?.stop();
    },
    async kill() {
      isWanted = false;
      isPaused = false;
      signal('SIGKILL');
      await current?.exited;
    },
    pause() {
      isPaused = true;
      signal('SIGSTOP');
    },
    resume() {
      signal('SIGCONT');
      isPaused = false;
    },
    ownEnds: () => ownEnds,
  };
}
