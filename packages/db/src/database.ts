import { DependencyError } from '@avatarforge/core';
import { PrismaPg } from '@prisma/adapter-pg';
import { DatabaseError, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { Prisma, PrismaClient } from './generated/client';
import { forgetStatements, isPlanOutdated, toStatement } from './statements';

/** A statement that waits longer than this for a lock, or runs longer, fails and is told. */
const SESSION_OPTIONS = [
  '-c statement_timeout=10000',
  '-c lock_timeout=2000',
  '-c idle_in_transaction_session_timeout=5000',
].join(' ');

/** On this side, a little longer than `statement_timeout` on the other. */
const QUERY_TIMEOUT_MS = 12_000;

/** The database: Prisma for plain reads and writes, SQL through the same pool for the protocol's statements. */
export interface Database {
  prisma: ReturnType<typeof openPrisma>;
  /** One statement, committed by itself. Throws {@link DependencyError} when Postgres is not available. */
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Several statements in one transaction; for short ones that wait for nothing but Postgres. */
  transaction<T>(work: (query: Database['query']) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens a pool. No connection is made until the first statement.
 * @param options.url Postgres connection URL
 * @param options.maxConnections size of the pool
 * @param options.onError told of connections that die while idle
 */
export function openDatabase(options: {
  url: string;
  maxConnections?: number;
  onError: (error: Error) => void;
}): Database {
  const pool = new Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5000,
    // A connection that went silent without closing is given up, too.
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    options: SESSION_OPTIONS,
  });
  pool.on('error', (error) => {
    // While it closes, a connection may be cut off before its farewell has arrived.
    if (!pool.ending) options.onError(error);
  });
  const prisma = openPrisma(pool);
  return {
    prisma,
    query: (text, values) => run(pool, text, values),
    transaction: (work) => inTransaction(pool, work),
    async close() {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

function openPrisma(pool: Pool) {
  return new PrismaClient({ adapter: new PrismaPg(pool) }).$extends({
    query: {
      $allOperations: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          throw toDependencyError(error);
        }),
    },
  });
}

async function run<Row extends QueryResultRow>(
  runner: Pool | PoolClient,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  try {
    const result = await runner.query<Row>(toStatement(text, values));
    return result.rows;
  } catch (error) {
    if (!isPlanOutdated(error)) throw toDependencyError(error);
    forgetStatements();
    // A transaction has failed as a whole.
    if (runner instanceof Pool) return run(runner, text, values);
    throw new DependencyError('database', true, { cause: error });
  }
}

async function inTransaction<T>(
  pool: Pool,
  work: (query: Database['query']) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDependencyError(error);
  });
  let broken: Error | undefined;
  const onLost = (error: Error) => (broken = error);
  // Without a listener, a connection that dies between two statements would end the process.
  client.on('error', onLost);
  try {
    await run(client, 'BEGIN');
    const result = await work((text, values) => run(client, text, values));
    await run(client, 'COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: unknown) => (broken = cause as Error));
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(broken);
  }
}

/** SQLSTATE classes and codes that say "not now" rather than "never". */
const TRANSIENT = /^(08|53|57|58|40001$|40P01$|55P03$)/;
/** Prisma's codes for a server that is not there. */
const UNREACHABLE = /^P1/;

/** Raised by `keep_blob`: whoever wrote the object took so long that it was cleaned up. */
const OBJECT_GONE = 'AF002';

/** What was refused for a reason of the statement stays as it is; all else means that Postgres is not available. */
function toDependencyError(error: unknown): unknown {
  if (error instanceof DatabaseError && error.code === OBJECT_GONE) {
    return new DependencyError('storage', true, { cause: error });
  }
  const isRefusal =
    error instanceof Prisma.PrismaClientKnownRequestError
      ? !UNREACHABLE.test(error.code)
      : error instanceof Prisma.PrismaClientValidationError ||
        (error instanceof DatabaseError && !TRANSIENT.test(error.code ?? ''));
  return isRefusal ? error : new DependencyError('database', true, { cause: error });
}
