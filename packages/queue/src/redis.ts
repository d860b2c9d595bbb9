import type { Logger } from '@avatarforge/runtime';
import { Redis, type RedisOptions } from 'ioredis';

export type WarningLog = Pick<Logger, 'warn'>;

const REPORT_EVERY_MS = 10_000;
const RECONNECT_MAX_MS = 500;
const CONNECT_TIMEOUT_MS = 2_000;
/** In the words by which BullMQ knows that a connection has ended. */
const CLOSED = 'Connection is closed.';

type ConnectionOptions = Pick<
  RedisOptions,
  'commandTimeout' | 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'socketTimeout'
>;

export interface RedisLink {
  client: Redis;
  /** Ends the connection, and the copies that BullMQ made of it. */
  close: () => void;
}

/**
 * A connection that comes back within half a second of Redis, also when a failover left it with a
 * replica. Its errors go to `report`.
 */
export function connectRedis(
  url: string,
  options: ConnectionOptions,
  report: (error: unknown) => void,
): RedisLink {
  const connections: Redis[] = [];
  let isClosed = false;

  // BullMQ, closed while it waits for a lost connection, opens that one again and forgets it.
  const guard = (redis: Redis): Redis => {
    const connect = redis.connect.bind(redis);
    const duplicate = redis.duplicate.bind(redis);
    redis.connect = () => (isClosed ? Promise.reject(new Error(CLOSED)) : connect());
    redis.duplicate = (override) => guard(duplicate(override));
    connections.push(redis.on('error', report));
    return redis;
  };

  const client = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (tries) => Math.min(50 * 2 ** tries, RECONNECT_MAX_MS),
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...options,
  });
  return {
    client: guard(client),
    close: () => {
      isClosed = true;
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Logs an error, then at most one each ten seconds: an outage is one story, told in few lines. */
export function createErrorReport(log: WarningLog): (error: unknown) => void {
  let quietUntil = 0;
  let untold = 0;
  return (error) => {
    if (performance.now() < quietUntil) {
      untold++;
      return;
    }
    log.warn({ err: error, untold }, 'redis failed');
    quietUntil = performance.now() + REPORT_EVERY_MS;
    untold = 0;
  };
}
