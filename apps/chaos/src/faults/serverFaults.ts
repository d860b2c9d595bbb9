import { connect } from 'node:net';
import { once } from 'node:events';
import { openDatabase } from '@avatarforge/db';
import type { Fault, World } from './fault';
import { kill } from './processFaults';

/** So many backends are one more than Postgres lets in. */
const ALL_CONNECTIONS = 160;

/** A command without a client library: Redis takes plain lines, too. */
async function tellRedis(url: string, command: string): Promise<void> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${command}\r\n`);
  await once(socket, 'data');
  socket.destroy();
}

const redisFlushed: Fault = {
  kind: 'redis_flushed',
  about: 'FLUSHALL',
  aim: (world) =>
    world.redis.isWell()
      ? {
          target: 'redis',
          busy: ['redis'],
          forMs: 0,
          begin: () => tellRedis(world.servers.redisUrl, 'FLUSHALL'),
        }
      : null,
};

const redisRestarted: Fault = {
  kind: 'redis_restarted_empty',
  about: 'SIGKILL of Redis, which comes back with nothing in it',
  aim: (world) => (world.redis.isWell() ? kill(world.redis, world.random) : null),
};

const redisPaused: Fault = {
  kind: 'redis_paused',
  about: 'Redis takes connections and does not answer, for 2 to 8 s',
  aim: ({ redis, random }) =>
    redis.isWell()
      ? {
          target: 'redis',
          busy: ['redis'],
          forMs: random.between(2000, 8000),
          begin: () => {
            redis.pause();
          },
          end: () => {
            redis.resume();
          },
        }
      : null,
};

const postgresKilled: Fault = {
  kind: 'postgres_killed',
  about: 'SIGKILL of Postgres, which recovers from its log',
  aim: (world) => (world.postgres.isWell() ? kill(world.postgres, world.random) : null),
};

const postgresRestarted: Fault = {
  kind: 'postgres_restarted',
  about: 'Postgres is stopped, and started again a little later',
  aim: ({ postgres, random }) =>
    postgres.isWell()
      ? {
          target: 'postgres',
          busy: ['postgres'],
          forMs: random.between(200, 4000),
          begin: () => postgres.stop(),
          end: () => postgres.start(),
        }
      : null,
};

const backendsKilled: Fault = {
  kind: 'postgres_backends_killed',
  about: 'every session of Postgres is ended, whatever it is doing',
  aim: (world) =>
    world.postgres.isWell()
      ? { target: 'postgres', busy: ['postgres'], forMs: 0, begin: () => killBackends(world) }
      : null,
};

async function killBackends({ servers }: World): Promise<void> {
  await servers.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
}

const exhausted: Fault = {
  kind: 'postgres_exhausted',
  about: 'somebody else takes all connections that are left, for 3 to 8 s',
  aim(world) {
    if (!world.postgres.isWell()) return null;
    const forMs = world.random.between(3000, 8000);
    const begin = () => {
      takeConnections(world, forMs);
    };
    return { target: 'postgres', busy: ['postgres'], forMs, begin, end: () => undefined };
  },
};

/** They are given back after `forMs` by themselves. */
function takeConnections({ servers }: World, forMs: number): void {
  const greedy = openDatabase({
    ...{ url: servers.databaseUrl, maxConnections: ALL_CONNECTIONS },
    onError: () => undefined,
  });
  const all = Array.from({ length: ALL_CONNECTIONS }, () =>
    greedy.query('SELECT pg_sleep($1)', [forMs / 1000]).catch(() => undefined),
  );
  void Promise.all(all).then(() => greedy.close());
}

const storeDown: Fault = {
  kind: 'object_store_down',
  about: 'the object store is away for 2 to 10 s',
  aim: ({ store, random }) => ({
    target: 'object store',
    busy: ['store'],
    forMs: random.between(2000, 10_000),
    begin: () => store.breakDown(),
    end: () => store.mend(),
  }),
};

/** Faults of what we stand on. */
export const serverFaults: readonly Fault[] = [
  redisFlushed,
  redisRestarted,
  redisPaused,
  postgresKilled,
  postgresRestarted,
  backendsKilled,
  exhausted,
  storeDown,
];
