import { withDeadline } from '@avatarforge/runtime';
import { z } from 'zod';
import { createBreaker } from './breaker';
import { KEY_PREFIX } from './catalog';
import { connectRedis, createErrorReport, type WarningLog } from './redis';
import { RelayLink } from './relayLink';
import { within } from './within';

/** How far a shot is drawn. */
export const LiveProgress = z.object({
  generation_id: z.string(),
  /** Its place in the generation, from 0. */
  shot: z.number(),
  /** Of the shot, 0 to 1; 1 only when it is drawn. */
  share: z.number(),
  /** Id of the node that works. */
  node: z.string().nullable(),
  /** Of this node. */
  step: z.number().nullable(),
  steps: z.number().nullable(),
  /** When, ISO 8601. */
  at: z.string(),
});
export type LiveProgress = z.infer<typeof LiveProgress>;

/** A picture of a shot while it is drawn. */
export const LivePreview = z.object({
  generation_id: z.string(),
  shot: z.number(),
  mime_type: z.string(),
  /** The picture, base64. */
  image: z.string(),
  at: z.string(),
});
export type LivePreview = z.infer<typeof LivePreview>;

/** Of whom: all of an owner, or one generation. */
export interface LiveSubject {
  ownerId: string;
  generationId?: string;
}

export interface LiveChannelOptions {
  redisUrl: string;
  log: WarningLog;
  /** How long a call may take, in ms; 250 when absent. */
  deadlineMs?: number;
}

/**
 * What is worth telling only now, through Redis: it may be lost, and is while Redis is away. No call rejects or takes
 * longer than the deadline.
 */
export interface LiveChannel {
  /** Tells of progress, and keeps it for two minutes. Returns how many processes listen. */
  publish(ownerId: string, progress: LiveProgress): Promise<number>;
  /** Whether anybody wants to see pictures of this generation. */
  isViewed(ownerId: string, generationId: string): Promise<boolean>;
  /** Sends a picture, if anybody listens. Returns how many processes do. */
  publishPreview(
    ownerId: string,
    preview: Omit<LivePreview, 'image'> & { bytes: Buffer },
  ): Promise<number>;
  /** The last that was published of each shot of these generations, by generation; within 50 ms, or nothing. */
  readProgress(generationIds: readonly string[]): Promise<Map<string, LiveProgress[]>>;
  /** Says that the log of events has grown. Returns at once. */
  nudge(): void;
  /** Asks whoever drives this instance to look at it. Returns at once. */
  ringInstance(id: string): void;
  /** Each returns how to end it. The listener must not throw. */
  onProgress(subject: LiveSubject, listener: (progress: LiveProgress) => void): () => void;
  onPreview(subject: LiveSubject, listener: (preview: LivePreview) => void): () => void;
  onNudge(listener: () => void): () => void;
  onInstanceRing(listener: (id: string) => void): () => void;
  /** Whether it is connected, and all that is listened for would be heard. */
  isSettled(): boolean;
  close(): Promise<void>;
}

const RETAIN_MS = 120_000;
const READ_DEADLINE_MS = 50;
const CLOSE_MS = 1000;
/** A connection that is silent for longer, while it should not be, is made anew. */
const SOCKET_TIMEOUT_MS = 5000;
const NUDGE = 'events';
const INSTANCE_RING = 'instances';

/** Connects in the background; Redis may come later, or never. */
export function createLiveChannel(options: LiveChannelOptions): LiveChannel {
  const { redisUrl, log, deadlineMs = 250 } = options;
  const report = createErrorReport(log);
  const { client, close } = connectRedis(
    redisUrl,
    { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: SOCKET_TIMEOUT_MS },
    report,
  );
  const link = new RelayLink(client, report);
  const breaker = createBreaker({ failures: 3, openMs: 1000 });

  const attempt = async <T>(call: () => Promise<T>, otherwise: T, ms = deadlineMs): Promise<T> => {
    if (client.status !== 'ready') return otherwise;
    try {
      const result = await breaker.run(() => withDeadline(call, ms, 'live channel'));
      return result === 'refused' ? otherwise : result;
    } catch (error) {
      report(error);
      return otherwise;
    }
  };
  const retain = (progress: LiveProgress) => {
    const key = keyOf(progress.generation_id);
    const retained = client.multi().hset(key, String(progress.shot), JSON.stringify(progress));
    return retained.pexpire(key, RETAIN_MS).exec();
  };
  /** Asks with nothing in hand: pictures are large. */
  const isViewed = async (topic: string) => (await link.publish(topic, null)) > 0;
  const listen = <T>(pattern: string, schema: z.ZodType<T>, listener: (message: T) => void) =>
    link.listen(pattern, (data) => {
      // Null asks whether anybody listens.
      const message = schema.safeParse(data);
      if (message.success) listener(message.data);
    });

  return {
    publish: (ownerId, progress) =>
      attempt(async () => {
        const topic = topicOf('live', { ownerId, generationId: progress.generation_id });
        const [nodes] = await Promise.all([link.publish(topic, progress), retain(progress)]);
        return nodes;
      }, 0),
    isViewed: (ownerId, generationId) =>
      attempt(() => isViewed(topicOf('previews', { ownerId, generationId })), false),
    publishPreview: (ownerId, { bytes, ...preview }) =>
      attempt(async () => {
        const topic = topicOf('previews', { ownerId, generationId: preview.generation_id });
        if (!(await isViewed(topic))) return 0;
        return link.publish(topic, { ...preview, image: bytes.toString('base64') });
      }, 0),
    async readProgress(generationIds) {
      if (generationIds.length === 0) return new Map();
      const read = async () => {
        const asked = client.pipeline();
        for (const id of generationIds) asked.hvals(keyOf(id));
        const answers = await asked.exec();
        return generationIds.map((id, index) => [id, toProgress(answers?.[index]?.[1])] as const);
      };
      return new Map(await attempt(read, [], READ_DEADLINE_MS));
    },
    nudge: () => void attempt(() => link.publish(NUDGE, null), 0),
    ringInstance: (id) => void attempt(() => link.publish(INSTANCE_RING, id), 0),
    onProgress: (subject, listener) => listen(topicOf('live', subject), LiveProgress, listener),
    onPreview: (subject, listener) => listen(topicOf('previews', subject), LivePreview, listener),
    onNudge: (listener) => link.listen(NUDGE, listener),
    onInstanceRing: (listener) => listen(INSTANCE_RING, z.string(), listener),
    isSettled: () => client.status === 'ready' && link.isSettled(),
    async close() {
      // Relay would wait for Redis to say farewell.
      if (client.status !== 'ready') close();
      await within(link.close().catch(report), CLOSE_MS);
      close();
    },
  };
}

/**
 * The owner belongs to the first segment: Relay looks through all patterns with a wildcard that share it, for each message.
 */
function topicOf(kind: 'live' | 'previews', { ownerId, generationId = '*' }: LiveSubject): string {
  return `${kind}-${ownerId}.${generationId}`;
}

function keyOf(generationId: string): string {
  return `${KEY_PREFIX}:progress:${generationId}`;
}

function toProgress(values: unknown): LiveProgress[] {
  if (!Array.isArray(values)) return [];
  return values
    .flatMap((value) => LiveProgress.safeParse(JSON.parse(String(value))).data ?? [])
    .toSorted((a, b) => a.shot - b.shot);
}
