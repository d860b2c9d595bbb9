import { randomUUID } from 'node:crypto';
import { systemClock } from '@avatarforge/runtime';
import { Queue, Worker, type Job } from 'bullmq';
import { catalog, jobIdOf, KEY_PREFIX, queueName, type Ticket } from './catalog';
import { connectRedis, createErrorReport, type WarningLog } from './redis';
import { within } from './within';

export interface TicketWaiterOptions {
  redisUrl: string;
  /** Whose tickets are taken. */
  instanceClass: string;
  log: WarningLog;
}

/** Takes tickets, each only while somebody is hungry for one. */
export interface TicketWaiter {
  /**
   * The shot of the next ticket, which is gone from the queue by then, or null after `timeoutMs`
   * (less up to a fifth by chance) or when `signal` aborts. Without Redis that is null, too.
   * To be called again only when it has returned.
   */
  next(options: { timeoutMs: number; signal?: AbortSignal }): Promise<{ shotId: string } | null>;
  /** Removes tickets of shots already claimed, in the background; one that stays does no harm. */
  forget(tickets: readonly Pick<Ticket, 'shotId' | 'tries'>[]): void;
  /** Puts back a ticket that arrives meanwhile, and gives the connections back. */
  close(): Promise<void>;
}

/** A ticket is held for milliseconds; one that is held longer lost its worker and is to wait again. */
const STALLED_AFTER_MS = 5_000;
/** After that long, a lost wake-up mark is noticed. */
const LOOK_EVERY_S = 1;
/** Between two looks while Redis refuses (read-only, loading, out of memory). */
const RETRY_AFTER_MS = 500;
/** Longer than the ten seconds BullMQ may block at most. */
const SOCKET_TIMEOUT_MS = 15_000;
/** As long as BullMQ waits between two looks: an earlier end would leave a ticket half taken. */
const CLOSE_TIMEOUT_MS = 1_200;
const JITTER = 0.2;

/** Connects in the background; Redis may come later, or never. */
export function createTicketWaiter(options: TicketWaiterOptions): TicketWaiter {
  const report = createErrorReport(options.log);
  const { link, worker, queue } = connect(options, report);
  const isReady = () => link.client.status === 'ready';
  const closing = new AbortController();
  let isHungry = false;
  let taking: Promise<string | null> | null = null;

  const take = async (): Promise<string | null> => {
    try {
      const job = await nextJob(worker);
      if (!job) return null;
      if (isHungry) return await finish(job);
      await putBack(job);
    } catch (error) {
      if (!closing.signal.aborted) report(error);
      await systemClock.sleep(RETRY_AFTER_MS, closing.signal);
    }
    return null;
  };

  const waitForTicket = async (timeoutMs: number, signal: AbortSignal) => {
    const until = performance.now() + timeoutMs;
    const hasEnded = () => signal.aborted || closing.signal.aborted || performance.now() >= until;
    while (!hasEnded()) {
      // What outlives this call goes on in the next one: BullMQ cannot be told to stop waiting.
      taking ??= take().finally(() => (taking = null));
      const shotId = await within(taking, until - performance.now(), signal);
      if (shotId !== null) return { shotId };
    }
    return null;
  };

  return {
    async next({ timeoutMs, signal = closing.signal }) {
      isHungry = true;
      try {
        return await waitForTicket(timeoutMs * (1 - JITTER * Math.random()), signal);
      } finally {
        isHungry = false;
      }
    },

    forget(tickets) {
      if (!isReady()) return;
      for (const ticket of tickets) queue.remove(jobIdOf(ticket)).catch(report);
    },

    async close() {
      closing.abort();
      if (taking && isReady()) await within(taking, CLOSE_TIMEOUT_MS);
      link.close();
      await worker.close(true);
      await queue.close();
    },
  };
}

function connect({ redisUrl, instanceClass }: TicketWaiterOptions, report: (e: unknown) => void) {
  const name = queueName(instanceClass);
  // BullMQ asks for endless retries on a connection that blocks.
  const patience = { maxRetriesPerRequest: null, socketTimeout: SOCKET_TIMEOUT_MS };
  const link = connectRedis(redisUrl, patience, report);
  const shared = {
    connection: link.client,
    prefix: KEY_PREFIX,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  };
  const worker = new Worker<unknown>(name, null, {
    ...shared,
    autorun: false,
    drainDelay: LOOK_EVERY_S,
    lockDuration: STALLED_AFTER_MS,
    stalledInterval: STALLED_AFTER_MS,
    runRetryDelay: RETRY_AFTER_MS,
  });
  worker.on('error', report);
  worker.startStalledCheckTimer().catch(report);
  const queue = new Queue(name, { ...shared, skipMetasUpdate: true }).on('error', report);
  return { link, worker, queue };
}

/** After a ticket BullMQ looks for the next without waiting; finding none, it waits the second time. */
async function nextJob(worker: Worker<unknown>): Promise<Job<unknown> | undefined> {
  const token = randomUUID();
  const waitingAlready = (await worker.getNextJob(token)) as Job<unknown> | undefined;
  return waitingAlready ?? worker.getNextJob(token);
}

/** Removes the ticket before anybody claims, so that a ring from now on is a new one. */
async function finish(job: Job<unknown>): Promise<string> {
  await job.moveToCompleted(null, tokenOf(job), false);
  return catalog['shot.run'].schema.parse(job.data).shot_id;
}

async function putBack(job: Job<unknown>): Promise<void> {
  await job.moveToWait(tokenOf(job));
}

function tokenOf({ id, token }: Job<unknown>): string {
  if (token === undefined) throw new Error(`the ticket ${id ?? ''} was fetched without a token`);
  return token;
}
