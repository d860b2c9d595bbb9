import { MAX_WATCHED_GENERATIONS, SocketRequest, type SocketMessage } from '@avatarforge/contracts';
import { DependencyError } from '@avatarforge/core';
import { requireScope, type ServiceContext } from '@avatarforge/services';
import type { RawData, WebSocket } from 'ws';
import type { Duplex } from 'node:stream';
import type { ShowDeps } from '../handlers/showGenerations';
import type { Identify } from '../http/identify';
import { toTold } from '../http/problems';
import {
  FULL_BYTES,
  type LiveClient,
  type LiveEnd,
  type LiveSink,
  type LiveTopics,
} from './liveClient';
import { SOCKET_FORMAT, toText } from './liveFormat';
import type { LiveHub } from './liveHub';
import { createShowTopics } from './showTopics';
import type { Database } from '@avatarforge/db';

export interface LiveSocketDeps extends ShowDeps {
  database: Database;
  live: LiveHub;
  identify: Identify;
  onError: (error: unknown) => void;
}

type Subscribe = Extract<SocketRequest, { type: 'subscribe' }>;
type Unsubscribe = Extract<SocketRequest, { type: 'unsubscribe' }>;

const AUTHENTICATE_MS = 10_000;
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_FAULTS = 3;
/** A peer that does not answer our farewell is cut off. */
const FAREWELL_MS = 2000;

/** Codes of RFC 6455. */
const CLOSE = { over: 1000, stopping: 1001, gone: 1000, slow: 1008, refused: 1008 } as const;

/** One WebSocket: what its peer says, and what it is told. It reads no further while it is busy with a message. */
export class LiveSocket {
  /** Rounds of pings since the peer gave a sign of life. */
  private silentRounds = 0;
  private client: LiveClient | null = null;
  private faults = 0;
  private work: Promise<void> = Promise.resolve();
  private readonly authenticating: NodeJS.Timeout;

  /** `ctx`: who it is, where that is known already. */
  constructor(
    private readonly deps: LiveSocketDeps,
    private readonly peer: { socket: WebSocket; raw: Duplex },
    ctx: ServiceContext | null,
  ) {
    const { socket } = peer;
    this.authenticating = setTimeout(() => {
      this.refuse('unauthorized', 'Send {"type":"authenticate","api_key":"…"} within 10 seconds.');
    }, AUTHENTICATE_MS);
    socket.on('message', (data, isBinary) => {
      this.silentRounds = 0;
      socket.pause();
      this.work = this.work.then(() => this.hear(data, isBinary));
      void this.work.finally(() => {
        socket.resume();
      });
    });
    socket.on('pong', () => (this.silentRounds = 0));
    socket.on('error', deps.onError);
    socket.on('close', () => {
      clearTimeout(this.authenticating);
      this.client?.end('gone');
    });
    if (ctx) this.work = this.begin(ctx).catch(this.fail);
  }

  /** Says farewell, and cuts off who does not answer. */
  close(reason: LiveEnd | 'refused'): void {
    const { socket } = this.peer;
    if (reason === 'slow') socket.terminate();
    else socket.close(CLOSE[reason]);
    setTimeout(() => {
      socket.terminate();
    }, FAREWELL_MS).unref();
  }

  /** Asks for a sign of life, or cuts off a peer that gave none in so many rounds. */
  ping(maxSilentRounds: number): void {
    const { socket } = this.peer;
    if (this.silentRounds >= maxSilentRounds) {
      socket.terminate();
      return;
    }
    this.silentRounds += 1;
    socket.ping();
  }

  private async begin(ctx: ServiceContext): Promise<void> {
    requireScope(ctx, 'generations:read');
    clearTimeout(this.authenticating);
    this.client = await this.deps.live.open({
      ownerId: ctx.userId,
      format: SOCKET_FORMAT,
      sink: this.toSink(),
      show: createShowTopics(this.deps, ctx),
      endsWhenFinal: false,
    });
    if (this.peer.socket.readyState !== this.peer.socket.OPEN) this.client.end('gone');
  }

  private readonly fail = (error: unknown): void => {
    const { code, detail } = toTold(error);
    if (code === 'internal_error') this.deps.onError(error);
    // What keeps it from its work will pass: it stays open, and may be asked again.
    if (error instanceof DependencyError && this.client)
      this.tell({ type: 'error', code, message: detail });
    else this.refuse(code, detail);
  };

  private async hear(data: RawData, isBinary: boolean): Promise<void> {
    try {
      const request = toRequest(data, isBinary);
      if (typeof request === 'string') await this.fault(request);
      else await this.obey(request);
    } catch (error) {
      this.fail(error);
    }
  }

  private async obey(request: SocketRequest): Promise<void> {
    if (request.type === 'authenticate') return this.authenticate(request.api_key);
    const { client } = this;
    if (!client) {
      this.refuse('unauthorized', 'Send {"type":"authenticate","api_key":"…"} first.');
      return;
    }
    switch (request.type) {
      case 'ping':
        return client.say(toText({ type: 'pong' }));
      case 'subscribe':
        return this.subscribe(client, request);
      case 'unsubscribe':
        return this.unsubscribe(client, request);
      default:
        throw new Error(`unknown request ${JSON.stringify(request satisfies never)}`);
    }
  }

  private async authenticate(key: string): Promise<void> {
    if (this.client) return this.fault('This connection is authenticated already.');
    const ctx = await this.deps.identify({
      get: (name) => (name === 'X-API-Key' ? key : undefined),
    });
    if (!ctx) {
      this.refuse('unauthorized', 'This API key is not valid.');
      return;
    }
    await this.begin(ctx);
    this.tell({ type: 'authenticated' });
  }

  private async subscribe(client: LiveClient, request: Subscribe): Promise<void> {
    const { live } = this.deps;
    const topics = toTopics(request);
    if (!topics) return this.fault('Give either generation_ids or all.');
    if (live.watchedWith(client, topics) > MAX_WATCHED_GENERATIONS) {
      const most = `At most ${MAX_WATCHED_GENERATIONS} generations; “all” watches any number.`;
      return this.fault(most);
    }
    client.wantsPreviews = request.previews ?? client.wantsPreviews;
    const resuming = await live.resume(request.last_event_id);
    await live.watch(client, topics);
    const onUnknown = (id: string) => {
      live.unwatch(client, [id]);
      return toText({ type: 'error', code: 'not_found', message: `There is no generation ${id}.` });
    };
    const greeting = toText({ type: 'subscribed', ...toSubject(topics) });
    await client.join({ topics, ...resuming, greeting, onUnknown });
  }

  private async unsubscribe(client: LiveClient, request: Unsubscribe): Promise<void> {
    const topics = toTopics(request);
    if (!topics) return this.fault('Give either generation_ids or all.');
    this.deps.live.unwatch(client, topics);
    await client.say(toText({ type: 'unsubscribed', ...toSubject(topics) }));
  }

  /** The peer is told of its mistake; one that makes many is let go. */
  private async fault(message: string): Promise<void> {
    this.faults += 1;
    if (this.faults >= MAX_FAULTS) this.refuse('validation_failed', message);
    else if (this.client) {
      await this.client.say(toText({ type: 'error', code: 'validation_failed', message }));
    } else this.tell({ type: 'error', code: 'validation_failed', message });
  }

  private refuse(code: string, message: string): void {
    this.tell({ type: 'error', code, message });
    this.close('refused');
  }

  private tell(message: SocketMessage): void {
    this.peer.socket.send(toText(message));
  }

  private toSink(): LiveSink {
    const { socket, raw } = this.peer;
    return {
      write(text) {
        socket.send(text);
        return !raw.writableNeedDrain || raw.writableLength < FULL_BYTES;
      },
      onDrain: (listener) => raw.on('drain', listener),
      end: (reason) => {
        this.close(reason);
      },
    };
  }
}

/** What is asked for, or what is wrong with it. */
function toRequest(data: RawData, isBinary: boolean): SocketRequest | string {
  // As `ws` gives them where nothing else is asked for.
  const bytes = data as Buffer;
  if (isBinary) return 'Send text.';
  if (bytes.length > MAX_MESSAGE_BYTES) return 'A message may have 64 KB at most.';
  const message = parseJson(bytes.toString());
  if (message === undefined) return 'Send JSON.';
  const request = SocketRequest.safeParse(message);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `This message is not understood. ${where}${issue?.message ?? ''}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toTopics({ all, generation_ids: ids }: Subscribe | Unsubscribe): LiveTopics | null {
  if (all) return ids ? null : 'all';
  return ids && ids.length > 0 ? [...new Set(ids)] : null;
}

function toSubject(topics: LiveTopics): { all: true } | { generation_ids: string[] } {
  return topics === 'all' ? { all: true } : { generation_ids: [...topics] };
}
