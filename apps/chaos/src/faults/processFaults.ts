import type { Random } from '@avatarforge/pool-sim';
import type { Keeper } from '../keeper';
import { pick, type Fault, type Strike, type World } from './fault';

type Kind = 'apis' | 'workers' | 'instances';

const NAMES = { apis: 'api', workers: 'worker', instances: 'instance' } as const;
/** A lease lives for 5 s: one that is paused for longer wakes up to find it gone. */
const PAUSE_MS = {
  apis: [2000, 8000],
  workers: [7000, 15_000],
  instances: [3000, 15_000],
} as const;

const describe = (world: World, kept: Keeper): string => {
  const worker = world.workers.find(({ name }) => name === kept.name);
  return worker ? `${worker.name} (${worker.workerId()})` : kept.name;
};

function well(world: World, kind: Kind): Keeper | undefined {
  return pick(
    world.random,
    (world[kind] as readonly Keeper[]).filter((kept) => kept.isWell()),
  );
}

/** The process is killed, and started again a little later. */
export function kill(kept: Keeper, random: Random, target = kept.name): Strike {
  return {
    target,
    busy: [kept.name],
    forMs: random.between(500, 6000),
    begin: () => kept.kill(),
    end: () => kept.start(),
  };
}

function pause(kept: Keeper, forMs: number, target = kept.name): Strike {
  const begin = () => {
    kept.pause();
  };
  const end = () => {
    kept.resume();
  };
  return { target, busy: [kept.name], forMs, begin, end };
}

const killed = (kind: Kind): Fault => ({
  kind: `${NAMES[kind]}_killed`,
  about: `SIGKILL of one ${NAMES[kind]}, which is started again a little later`,
  aim(world) {
    const kept = well(world, kind);
    return kept ? kill(kept, world.random, describe(world, kept)) : null;
  },
});

const paused = (kind: Kind): Fault => ({
  kind: `${NAMES[kind]}_paused`,
  about: `SIGSTOP of one ${NAMES[kind]}, and SIGCONT ${PAUSE_MS[kind].map((ms) => ms / 1000).join(' to ')} s later`,
  aim(world) {
    const kept = well(world, kind);
    if (!kept) return null;
    return pause(
      kept,
      world.random.between(PAUSE_MS[kind][0], PAUSE_MS[kind][1]),
      describe(world, kept),
    );
  },
});

const stopped: Fault = {
  kind: 'worker_stopped',
  about: 'SIGTERM of one worker, as in a deployment',
  aim(world) {
    const kept = well(world, 'workers');
    if (!kept) return null;
    return {
      target: describe(world, kept),
      busy: [kept.name],
      forMs: world.random.between(500, 6000),
      begin: () => kept.stop(),
      end: () => kept.start(),
    };
  },
};

/** Faults of our own programs and of ComfyUI as a process. */
export const processFaults: readonly Fault[] = [
  killed('apis'),
  paused('apis'),
  killed('workers'),
  paused('workers'),
  stopped,
  killed('instances'),
  paused('instances'),
];
