// A process of its own, so that asking does not wait for anything else.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openRawConnection, type RawConnection } from './rawHttp';

/** What is asked for, and how hard. */
export interface LoadOrder {
  port: number;
  path: string;
  /** Those who ask, in turn. */
  keys: string[];
  isIdempotent: boolean;
  connections: number;
  seconds: number;
  /** Evenly spread; as many as the connections take where it is absent. */
  perSecond?: number;
}

/** What came of it. */
export interface LoadResult {
  perSecond: number;
  /** Milliseconds, of each request. Where a rate was asked for: from when it was due. */
  took: number[];
}

process.on('message', (order: LoadOrder) => {
  void load(order).then((result) => process.send?.(result));
});

async function load(order: LoadOrder): Promise<LoadResult> {
  const connections = Array.from({ length: order.connections }, () =>
    openRawConnection(order.port),
  );
  const startedAt = performance.now();
  const turn = { next: 0, startedAt, took: [] as number[] };
  await Promise.all(connections.map((connection) => askInTurn(connection, order, turn)));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { perSecond: turn.took.length / seconds, took: turn.took };
}

interface Turn {
  next: number;
  startedAt: number;
  took: number[];
}

async function askInTurn(connection: RawConnection, order: LoadOrder, turn: Turn): Promise<void> {
  const { perSecond, seconds } = order;
  for (;;) {
    const n = turn.next++;
    const dueAt = perSecond ? turn.startedAt + (n * 1000) / perSecond : performance.now();
    if (dueAt > turn.startedAt + seconds * 1000) return;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await delay(waitMs);
    // A timer that fires late is ours; a connection that was not free is theirs.
    const from = waitMs > 0 ? performance.now() : dueAt;
    const { status, body } = await connection.send(requestOf(order, n));
    if (status !== 202) throw new Error(`answered ${status}: ${body}`);
    turn.took.push(performance.now() - from);
  }
}

function requestOf({ path, keys, isIdempotent }: LoadOrder, n: number) {
  return {
    method: 'POST' as const,
    path,
    headers: {
      Authorization: `Bearer ${keys[n % keys.length] ?? ''}`,
      'Content-Type': 'application/json',
      ...(isIdempotent && { 'Idempotency-Key': randomUUID() }),
    },
    body: JSON.stringify({ prompt: 'a warrior at the gates of the city', style: 'anime', seed: n }),
  };
}
