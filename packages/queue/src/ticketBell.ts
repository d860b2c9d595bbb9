import { withDeadline } from '@avatarforge/runtime';
import { Queue } from 'bullmq';
import { createBreaker } from './breaker';
import { jobIdOf, KEY_PREFIX, queueName, type Ticket } from './catalog';
import { connectRedis, createErrorReport, type WarningLog } from './redis';

export interface TicketBellOptions {
  redisUrl: string;
  log: WarningLog;
  /** How long a call may take, in ms; 50 when absent. */
  deadlineMs?: number;
}

/** Tells workers that shots wait. Lossy on purpose: a shot not rung for is claimed a second later. */
export interface TicketBell {
  /** Rings for every ticket. Never rejects and never takes longer than the deadline. */
  ring(tickets: readonly Ticket[]): Promise<void>;
  /** How many tickets of the class wait, or null when Redis does not say. */
  waiting(instanceClass: string): Promise<number | null>;
  /** Whether Redis answers now. */
  ping(): Promise<boolean>;
  /** Tickets rung and tickets lost since the start. */
  counts(): { rung: number; lost: number };
  close(): Promise<void>;
}

/** A command that was not answered by then is given up, so that an outage piles nothing up. */
const COMMAND_TIMEOUT_MS = 1_000;

/** Connects in the background; Redis may come later, or never. */
export function createTicketBell(options: TicketBellOptions): TicketBell {
  const { redisUrl, log, deadlineMs = 50 } = options;
  const report = createErrorReport(log);
  const { client, close } = connectRedis(
    redisUrl,
    { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: COMMAND_TIMEOUT_MS },
    report,
  );
  const breaker = createBreaker({ failures: 3, openMs: 1_000 });
  const queues = new Map<string, Queue>();
  const counts = { rung: 0, lost: 0 };

  const queueOf = (instanceClass: string) => {
    const name = queueName(instanceClass);
    const queue = queues.get(name) ?? openQueue(name);
    queues.set(name, queue);
    return queue;
  };
  const openQueue = (name: string) =>
    new Queue(name, {
      connection: client,
      prefix: KEY_PREFIX,
      // Without these, BullMQ's first call waits for Redis, and an answer missed then is never asked again.
      skipVersionCheck: true,
      skipWaitingForReady: true,
      skipMetasUpdate: true,
    }).on('error', report);

  /** What `call` resolves to within the deadline, or null. */
  const attempt = async <T>(operation: string, call: () => Promise<T>): Promise<T | null> => {
    if (client.status !== 'ready') return null;
    try {
      const result = await breaker.run(() => withDeadline(call, deadlineMs, operation));
      return result === 'refused' ? null : result;
    } catch (error) {
      report(error);
      return null;
    }
  };

  return {
    async ring(tickets) {
      const classes = new Set(tickets.map(({ instanceClass }) => instanceClass));
      const rings = [...classes].map(async (instanceClass) => {
        const ofClass = tickets.filter((ticket) => ticket.instanceClass === instanceClass);
        const jobs = ofClass.map(toJob);
        const added = await attempt('ring', () => queueOf(instanceClass).addBulk(jobs));
        counts[added ? 'rung' : 'lost'] += ofClass.length;
      });
      await Promise.all(rings);
    },
    waiting: (instanceClass) =>
      attempt('count tickets', () => queueOf(instanceClass).getWaitingCount()),
    ping: async () => (await attempt('ping', () => client.ping())) !== null,
    counts: () => ({ ...counts }),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      close();
    },
  };
}

function toJob(ticket: Ticket) {
  return {
    name: 'shot.run',
    data: { shot_id: ticket.shotId },
    // A ticket kept after its end would make the next ring of the same try a silent no-op.
    opts: { jobId: jobIdOf(ticket), removeOnComplete: true, removeOnFail: true },
  };
}
