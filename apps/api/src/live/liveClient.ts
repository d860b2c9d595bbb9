import type { Generation } from '@avatarforge/contracts';
import { GENERATION_TRANSITIONS, isTerminal } from '@avatarforge/core';
import type { EventFilter, LoggedEvent } from '@avatarforge/db';
import type { LivePreview, LiveProgress } from '@avatarforge/queue';
import type { LiveFormat } from './liveFormat';

/** All of the user's, or some generations by id. */
export type LiveTopics = 'all' | readonly string[];

/** Why a client is let go. */
export type LiveEnd = 'over' | 'stopping' | 'slow' | 'gone';

/** Where a client is written to. */
export interface LiveSink {
  /** False when it is full: then nothing more is written until it has drained. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  /** Closes it; called once. */
  end(reason: LiveEnd): void;
}

/** What a client knows of the world. */
export interface LiveSource {
  /** Up to which event the log has been read for everybody. */
  position(): bigint;
  /** The next events of these topics after this one, at most {@link PAGE}. */
  readLog(after: bigint, filter: EventFilter): Promise<LoggedEvent[]>;
  /** The generations as they are now, those that are the owner's; all: what is not final, newest first, 100 at most. */
  show(topics: LiveTopics): Promise<Generation[]>;
  onError(error: unknown): void;
}

/** How a client begins to watch something. */
export interface Joining {
  topics: LiveTopics;
  /** Tell all that came after this event; null: tell what is so now. */
  after: bigint | null;
  /** Say first that what came after the client's last event is lost. */
  isReset?: boolean;
  /** Is said before everything else. */
  greeting?: string;
  /** Told of an id that is not a generation of this user. */
  onUnknown?: (id: string) => string;
}

export interface LiveClientOptions {
  ownerId: string;
  format: LiveFormat;
  sink: LiveSink;
  source: LiveSource;
  /** It is over when a generation is final. */
  endsWhenFinal: boolean;
  /** After so long without room for anything it is let go, in ms. */
  slowMs: number;
  onEnd: () => void;
}

/** So much is handed to a connection that does not take it at once, in bytes, and the one message that goes beyond. */
export const FULL_BYTES = 64 * 1024;
/** How many events are read at a time. */
export const PAGE = 32;
const HEARTBEAT_MS = 15_000;
/** Of so many generations the latest progress is kept for a reader that is behind. */
const MAX_LATE = 1000;

interface Job {
  joining: Joining;
  /** Only then has it its place: what was before is told by it, what comes after by all that is watched. */
  notBefore: bigint;
  hasBegun: boolean;
  after: bigint | null;
  /** Ids that are still to be shown. */
  unshown: string[];
  shown: Generation[] | null;
  done: () => void;
}

/**
 * One subscriber. While it is live, it is given what happens as it happens. While its reader is slower than that, nothing is
 * kept for it: when there is room again, it reads from the log what came after the last event that it wrote, and only the
 * latest progress is told.
 */
export class LiveClient {
  wantsPreviews = false;
  readonly ownerId: string;
  /** Every event up to here is written, or not wanted. */
  private position: bigint;
  private newestOffered = 0n;
  /** By chance, so that not all are written to at once. */
  private beatAt = performance.now() + Math.random() * HEARTBEAT_MS;
  private isLive = false;
  private isPumping = false;
  private isOver = false;
  private fullSince: number | null = null;
  private watchesAll = false;
  private readonly generations = new Set<string>();
  private readonly jobs: Job[] = [];
  private readonly late = new Map<string, LiveProgress>();

  constructor(private readonly options: LiveClientOptions) {
    this.ownerId = options.ownerId;
    this.position = options.source.position();
    options.sink.onDrain(() => {
      this.fullSince = null;
      void this.pump();
    });
  }

  /** Begins to watch; resolves when all that was is told, or the client has ended. */
  join(joining: Joining): Promise<void> {
    return new Promise((resolve) => {
      const { after, topics } = joining;
      const unshown = topics === 'all' ? [] : [...topics];
      const notBefore = this.options.source.position();
      this.jobs.push({
        ...{ joining, notBefore, hasBegun: false, after, unshown },
        ...{ shown: null, done: resolve },
      });
      this.isLive = false;
      void this.pump();
      if (this.isOver) resolve();
    });
  }

  /** Says something in its turn; resolves when it is written. */
  async say(text: string): Promise<void> {
    if (this.isLive && this.canWrite()) this.write(text);
    else await this.join({ topics: [], after: null, greeting: text });
  }

  /** Watches these no longer. */
  leave(topics: LiveTopics): void {
    if (topics === 'all') this.watchesAll = false;
    else for (const id of topics) this.generations.delete(id);
  }

  /** The log has grown by an event that this client watches, or is about to. */
  offerEvent(event: LoggedEvent): void {
    const id = BigInt(event.id);
    if (this.isLive && this.fullSince === null) {
      if (id > this.position && this.wants(event)) this.writeEvent(event);
      return;
    }
    this.newestOffered = id;
    this.isLive = false;
  }

  offerProgress(progress: LiveProgress): void {
    if (this.isLive && this.fullSince === null) this.write(this.options.format.progress(progress));
    else if (this.late.size < MAX_LATE) this.late.set(progress.generation_id, progress);
  }

  offerPreview(preview: LivePreview): void {
    if (!this.wantsPreviews || !this.isLive || this.fullSince !== null) return;
    this.write(this.options.format.preview(preview));
  }

  /** Called every second: gives a sign of life now and then, tries again what failed, and gives up a reader that takes nothing. */
  tick(): void {
    const { slowMs } = this.options;
    if (this.fullSince !== null && performance.now() - this.fullSince > slowMs) this.end('slow');
    else void this.pump();
    this.beat();
  }

  end(reason: LiveEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isLive = false;
    this.late.clear();
    for (const { done } of this.jobs.splice(0)) done();
    this.options.onEnd();
    this.options.sink.end(reason);
  }

  private canWrite(): boolean {
    return !this.isOver && this.fullSince === null;
  }

  private beat(): void {
    if (performance.now() < this.beatAt || !this.canWrite()) return;
    this.beatAt = performance.now() + HEARTBEAT_MS;
    this.write(this.options.format.heartbeat());
  }

  private write(text: string): void {
    if (this.isOver || text === '') return;
    if (this.options.sink.write(text)) return;
    this.fullSince ??= performance.now();
  }

  private writeEvent(event: LoggedEvent): void {
    this.position = BigInt(event.id);
    this.write(this.options.format.event(event));
    if (isFinalEvent(event)) this.endIfFinal();
  }

  private endIfFinal(): void {
    if (this.options.endsWhenFinal) this.end('over');
  }

  /** Brings the client up to date, as far as its sink takes it. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    try {
      while (this.canWrite() && !this.isLive) await this.step();
    } catch (error) {
      // The next tick tries again.
      this.options.source.onError(error);
    } finally {
      this.isPumping = false;
    }
  }

  private async step(): Promise<void> {
    await this.catchUp();
    if (!this.canWrite() || this.newestOffered > this.position) return;
    const [job] = this.jobs;
    if (!job) this.goLive();
    else if (job.notBefore <= this.position && (await this.run(job))) {
      this.jobs.shift();
      job.done();
    }
  }

  private goLive(): void {
    this.isLive = true;
    for (const [id, progress] of this.late) {
      if (!this.canWrite()) return;
      this.late.delete(id);
      this.write(this.options.format.progress(progress));
    }
  }

  /** Reads on from the last event that was written until nothing is left, or the sink is full. */
  private async catchUp(): Promise<void> {
    const { source } = this.options;
    for (;;) {
      // What was read for everybody before this page is asked for is in this page.
      const upTo = source.position();
      const filter = this.filter();
      const page = filter ? await source.readLog(this.position, filter) : [];
      for (const event of page) {
        if (!this.canWrite()) return;
        this.writeEvent(event);
      }
      if (!this.canWrite()) return;
      if (page.length === PAGE) continue;
      if (upTo > this.position) this.position = upTo;
      return;
    }
  }

  /** What it is about to watch is told when it has joined. */
  private wants({ generationId }: LoggedEvent): boolean {
    return this.watchesAll || (generationId !== null && this.generations.has(generationId));
  }

  private filter(): EventFilter | null {
    const { ownerId } = this;
    if (this.watchesAll) return { ownerId };
    return this.generations.size > 0 ? { ownerId, generationIds: [...this.generations] } : null;
  }

  /** Whether it is done; else it goes on when the sink has room. */
  private async run(job: Job): Promise<boolean> {
    const { format } = this.options;
    const { greeting, isReset, topics } = job.joining;
    if (!job.hasBegun) {
      job.hasBegun = true;
      if (greeting !== undefined) this.write(greeting);
      if (isReset) this.write(format.reset());
    }
    if (job.after === null) await this.showAll(job);
    else await this.replay(job, job.after);
    if (!this.canWrite()) return false;
    this.add(topics);
    this.write(format.caughtUp(String(this.position)));
    return true;
  }

  private add(topics: LiveTopics): void {
    if (topics === 'all') {
      this.watchesAll = true;
      this.generations.clear();
    } else if (!this.watchesAll) for (const id of topics) this.generations.add(id);
  }

  /** Tells what came after `start`, up to where the client is with everything else. */
  private async replay(job: Job, start: bigint): Promise<void> {
    const { ownerId, options } = this;
    const { topics } = job.joining;
    const filter = topics === 'all' ? { ownerId } : { ownerId, generationIds: [...topics] };
    for (let after = start; this.canWrite();) {
      const page = await options.source.readLog(after, filter);
      for (const event of page) {
        if (!this.canWrite()) return;
        after = BigInt(event.id);
        if (after > this.position) return;
        job.after = after;
        this.write(options.format.event(event));
        if (isFinalEvent(event)) this.endIfFinal();
      }
      if (page.length < PAGE) return;
    }
  }

  private async showAll(job: Job): Promise<void> {
    const { topics } = job.joining;
    if (topics === 'all') {
      job.shown ??= await this.options.source.show('all');
      while (this.canWrite() && job.shown.length > 0) this.show(job.shown.shift());
      return;
    }
    while (this.canWrite() && job.unshown.length > 0) {
      const [id = ''] = job.unshown;
      const [generation] = await this.options.source.show([id]);
      if (!this.canWrite()) return;
      job.unshown.shift();
      if (generation) this.show(generation);
      else this.write(job.joining.onUnknown?.(id) ?? '');
    }
  }

  private show(generation: Generation | undefined): void {
    if (!generation) return;
    this.write(this.options.format.snapshot(String(this.position), generation));
    if (isTerminal(GENERATION_TRANSITIONS, generation.status)) this.endIfFinal();
  }
}

/** Whether nothing follows this event of a generation. */
export function isFinalEvent({ event }: Pick<LoggedEvent, 'event'>): boolean {
  return /^generation\.(completed|failed|cancelled)$/.test(event);
}
