import { RetryLaterError } from '@avatarforge/core';
import { findEventsAfter, findLogBounds, type Database, type LoggedEvent } from '@avatarforge/db';
import type { LiveChannel, LiveSubject } from '@avatarforge/queue';
import { startInterval } from '@avatarforge/runtime';
import {
  LiveClient,
  PAGE,
  type LiveClientOptions,
  type LiveSource,
  type LiveTopics,
} from './liveClient';

/** Streams and sockets of one user in one process. */
const MAX_CLIENTS_PER_USER = 1000;
const AT_ONCE = 500;
/** Without Redis nobody says that the log has grown. */
const POLL_MS = 1000;
const SLOW_MS = 60_000;

export interface LiveHubDeps {
  database: Database;
  channel: Pick<LiveChannel, 'onNudge' | 'onProgress' | 'onPreview'>;
  onError: (error: unknown) => void;
  /** Aborts when the process is told to stop: all clients are let go, to come back elsewhere. */
  stopping: AbortSignal;
  /** After so long without room for anything a client is let go, in ms; a minute when absent. */
  slowMs?: number;
}

/** Where a client goes on. */
export interface Resuming {
  after: bigint | null;
  /** The log no longer says what came after the client's last event. */
  isReset: boolean;
}

/** What a client is opened with. */
export interface Opening extends Pick<LiveClientOptions, 'format' | 'sink' | 'endsWhenFinal'> {
  ownerId: string;
  show: LiveSource['show'];
}

interface Topic {
  clients: Set<LiveClient>;
  /** Those of them that want pictures. */
  seeing: Set<LiveClient>;
  release: () => void;
  releasePreviews: (() => void) | null;
}

/** Gives what happens to the clients of this process that watch it. Reads the log once for all, while there are any. */
export class LiveHub {
  private readonly clients = new Map<LiveClient, Set<string>>();
  private readonly perUser = new Map<string, number>();
  private readonly topics = new Map<string, Topic>();
  private position = 0n;
  private tailing: Promise<() => void> | null = null;
  private reading: Promise<void> | null = null;
  private isNudged = false;

  constructor(private readonly deps: LiveHubDeps) {
    deps.stopping.addEventListener('abort', () => {
      for (const client of [...this.clients.keys()]) client.end('stopping');
    });
  }

  get size(): number {
    return this.clients.size;
  }

  /**
   * A client that watches nothing yet; it counts until it ends. Throws {@link RetryLaterError} `too_many_streams`, and what
   * the database throws when it is away.
   */
  async open({ ownerId, show, ...options }: Opening): Promise<LiveClient> {
    const count = this.perUser.get(ownerId) ?? 0;
    if (count >= MAX_CLIENTS_PER_USER) {
      const limit = `At most ${MAX_CLIENTS_PER_USER} live connections of one user are open at a time.`;
      throw new RetryLaterError('too_many_streams', limit, 10);
    }
    this.perUser.set(ownerId, count + 1);
    try {
      await this.tail();
    } catch (error) {
      this.uncount(ownerId);
      throw error;
    }
    const { onError, slowMs = SLOW_MS } = this.deps;
    const source: LiveSource = {
      position: () => this.position,
      readLog: (after, filter) =>
        findEventsAfter(this.deps.database, String(after), { ...filter, limit: PAGE }),
      show,
      onError,
    };
    const onEnd = () => {
      this.remove(client);
    };
    const client = new LiveClient({ ownerId, ...options, slowMs, source, onEnd });
    this.clients.set(client, new Set());
    return client;
  }

  /** What a client that says this id of its last event is to be told first. */
  async resume(lastEventId: string | undefined): Promise<Resuming> {
    if (lastEventId === undefined || lastEventId === '') return { after: null, isReset: false };
    if (!/^\d{1,18}$/.test(lastEventId)) return { after: null, isReset: true };
    const after = BigInt(lastEventId);
    const { oldest, latest } = await findLogBounds(this.deps.database);
    if (after > BigInt(latest) || after < BigInt(oldest) - 1n)
      return { after: null, isReset: true };
    return { after, isReset: false };
  }

  /** From now on the client is offered what happens to these, and is to `join`. */
  async watch(client: LiveClient, topics: LiveTopics): Promise<void> {
    const watched = this.clients.get(client);
    if (!watched) return;
    const isAll = keyOf({ ownerId: client.ownerId });
    // All includes each: nothing is told twice.
    if (topics === 'all') for (const key of watched) this.exit(client, key);
    if (topics === 'all' || !watched.has(isAll)) {
      for (const subject of subjectsOf(client, topics)) this.enter(client, subject);
    }
    // What the client has seen by way of another process is behind us, too.
    await this.readLog();
  }

  unwatch(client: LiveClient, topics: LiveTopics): void {
    client.leave(topics);
    for (const subject of subjectsOf(client, topics)) this.exit(client, keyOf(subject));
  }

  /** How many generations it would watch with these, all of them counting as one. */
  watchedWith(client: LiveClient, topics: LiveTopics): number {
    const added = subjectsOf(client, topics).map(keyOf);
    return new Set([...(this.clients.get(client) ?? []), ...added]).size;
  }

  private enter(client: LiveClient, subject: LiveSubject): void {
    const key = keyOf(subject);
    const topic = this.topics.get(key) ?? this.openTopic(key, subject);
    topic.clients.add(client);
    this.clients.get(client)?.add(key);
    if (!client.wantsPreviews) return;
    topic.seeing.add(client);
    topic.releasePreviews ??= this.deps.channel.onPreview(subject, (preview) => {
      for (const each of topic.seeing) each.offerPreview(preview);
    });
  }

  private openTopic(key: string, subject: LiveSubject): Topic {
    const clients = new Set<LiveClient>();
    const release = this.deps.channel.onProgress(subject, (progress) => {
      for (const client of clients) client.offerProgress(progress);
    });
    const topic = { clients, seeing: new Set<LiveClient>(), release, releasePreviews: null };
    this.topics.set(key, topic);
    return topic;
  }

  private exit(client: LiveClient, key: string): void {
    const topic = this.topics.get(key);
    if (!topic?.clients.delete(client)) return;
    this.clients.get(client)?.delete(key);
    if (topic.seeing.delete(client) && topic.seeing.size === 0) {
      topic.releasePreviews?.();
      topic.releasePreviews = null;
    }
    if (topic.clients.size > 0) return;
    topic.release();
    this.topics.delete(key);
  }

  private remove(client: LiveClient): void {
    for (const key of this.clients.get(client) ?? []) this.exit(client, key);
    if (!this.clients.delete(client)) return;
    this.uncount(client.ownerId);
  }

  private uncount(ownerId: string): void {
    const count = (this.perUser.get(ownerId) ?? 0) - 1;
    if (count > 0) this.perUser.set(ownerId, count);
    else this.perUser.delete(ownerId);
    if (this.perUser.size > 0) return;
    const { tailing } = this;
    this.tailing = null;
    tailing?.then((stop) => {
      stop();
    }, this.deps.onError);
  }

  private tail(): Promise<() => void> {
    const tailing = this.tailing ?? this.startTailing();
    this.tailing = tailing;
    tailing.catch(() => {
      if (this.tailing === tailing) this.tailing = null;
    });
    return tailing;
  }

  /** From the latest event on. Gives what ends it. */
  private async startTailing(): Promise<() => void> {
    const { database, channel, onError } = this.deps;
    const { latest } = await findLogBounds(database);
    if (BigInt(latest) > this.position) this.position = BigInt(latest);
    const releaseNudge = channel.onNudge(() => {
      this.readLog().catch(onError);
    });
    const poll = async () => {
      for (const client of this.clients.keys()) client.tick();
      await this.readLog();
    };
    const polling = startInterval({ name: 'live.poll', everyMs: POLL_MS, run: poll, onError });
    return () => {
      releaseNudge();
      polling.stop().catch(onError);
    };
  }

  /** Reads what the log has now; one read at a time serves all who ask meanwhile. */
  private readLog(): Promise<void> {
    this.isNudged = true;
    this.reading ??= this.readOn();
    return this.reading;
  }

  private async readOn(): Promise<void> {
    const { database } = this.deps;
    try {
      while (this.isNudged) {
        this.isNudged = false;
        const page = await findEventsAfter(database, String(this.position), { limit: AT_ONCE });
        for (const event of page) this.give(event);
        if (page.length === AT_ONCE) this.isNudged = true;
      }
    } finally {
      this.reading = null;
    }
  }

  private give(event: LoggedEvent): void {
    this.position = BigInt(event.id);
    const { ownerId, generationId } = event;
    const keys = [keyOf({ ownerId }), ...(generationId ? [keyOf({ ownerId, generationId })] : [])];
    for (const key of keys) {
      for (const client of this.topics.get(key)?.clients ?? []) client.offerEvent(event);
    }
  }
}

function subjectsOf({ ownerId }: LiveClient, topics: LiveTopics): LiveSubject[] {
  if (topics === 'all') return [{ ownerId }];
  return topics.map((generationId) => ({ ownerId, generationId }));
}

function keyOf({ ownerId, generationId = '*' }: LiveSubject): string {
  return `${ownerId}.${generationId}`;
}
