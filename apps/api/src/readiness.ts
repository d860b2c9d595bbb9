import type { Readiness } from '@avatarforge/contracts';
import type { Database, InstanceRecord } from '@avatarforge/db';
import { withDeadline, type Logger } from '@avatarforge/runtime';
import { cached, getPoolStatus } from '@avatarforge/services';
import type { ObjectStorage } from '@avatarforge/storage';

const CHECK_DEADLINE_MS = 3000;
const STORAGE_CACHE_MS = 5000;

export interface ReadinessDeps {
  database: Database;
  storage: ObjectStorage;
  /** Whether Redis answers; within moments. */
  pingRedis: () => Promise<boolean>;
  /** Names of the migrations that the database must have applied. */
  migrations: readonly string[];
  /** Aborts when the process is told to stop: from then on it takes no work. */
  stopping: AbortSignal;
  log: Pick<Logger, 'warn'>;
}

/** A function that says whether the API accepts work: process, database, schema and storage decide, Redis is told. */
export function createReadiness(deps: ReadinessDeps): () => Promise<Readiness> {
  const { database, storage, pingRedis, migrations, stopping, log } = deps;

  /** What `run` resolves to, or `null` when it fails. */
  const check = async <T>(name: string, run: () => Promise<T>): Promise<T | null> => {
    try {
      return await withDeadline(run, CHECK_DEADLINE_MS, name);
    } catch (err) {
      log.warn({ err, check: name }, 'check failed');
      return null;
    }
  };
  const checkStorage = cached(STORAGE_CACHE_MS, () =>
    check('storage', async () => {
      await storage.check();
      return true;
    }),
  );

  return async () => {
    const [pool, isStorageOk, isRedisOk] = await Promise.all([
      check('database', () => readPool(database, migrations)),
      checkStorage(),
      pingRedis(),
    ]);
    const isReady = !stopping.aborted && pool && isStorageOk;
    return {
      status: isReady ? 'ready' : 'not_ready',
      checks: { database: toWord(pool), storage: toWord(isStorageOk), redis: toWord(isRedisOk) },
      pool: pool ?? { workers: 0, instances_healthy: 0 },
    };
  };
}

function toWord(answer: unknown): 'ok' | 'failed' {
  return answer ? 'ok' : 'failed';
}

/** One that gave trouble and is tried again draws, too. */
function isHealthy({ health }: InstanceRecord): boolean {
  return health === 'ok' || health === 'half_open';
}

/** The pool, from a database whose schema is the one that this code was written for. */
async function readPool(
  database: Database,
  migrations: readonly string[],
): Promise<Readiness['pool']> {
  const rows = await database.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const applied = new Set(rows.map((row) => row.migration_name));
  const missing = migrations.filter((name) => !applied.has(name));
  if (missing.length > 0) throw new Error(`migrations are missing: ${missing.join(', ')}`);

  const { workers, instances } = await getPoolStatus({ database });
  return { workers, instances_healthy: instances.filter(isHealthy).length };
}
