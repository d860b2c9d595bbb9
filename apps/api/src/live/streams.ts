import { GENERATION_TRANSITIONS, isTerminal } from '@avatarforge/core';
import { findEventsAfter, type Database, type GenerationRecord } from '@avatarforge/db';
import { getGeneration, type ServiceContext } from '@avatarforge/services';
import type { Request, Response } from 'express';
import type { ShowDeps } from '../handlers/showGenerations';
import type { Handlers } from '../http/router';
import { FULL_BYTES, isFinalEvent, type LiveSink, type LiveTopics } from './liveClient';
import { SSE_FORMAT } from './liveFormat';
import type { LiveHub, Resuming } from './liveHub';
import { createShowTopics } from './showTopics';

export interface StreamDeps extends ShowDeps {
  database: Database;
  live: LiveHub;
  stopping: AbortSignal;
}

interface Stream {
  ctx: ServiceContext;
  topics: LiveTopics;
  resuming: Resuming;
  wantsPreviews: boolean;
  req: Request;
  res: Response;
}

const RETRY_MS = 2000;
/** By then what happened stands in the log. */
const LOGGED_AFTER_MS = 60_000;

/** Live updates as server-sent events. */
export function streamHandlers(
  deps: StreamDeps,
): Pick<Handlers, 'streamGeneration' | 'streamEvents'> {
  const { live } = deps;
  return {
    async streamGeneration({ ctx, params, query, req, res }) {
      const generation = await getGeneration(deps, { ctx, id: params.id });
      const resuming = await live.resume(req.get('Last-Event-ID') ?? query.last_event_id);
      if (await isAllTold(deps.database, generation, resuming)) {
        // Says to a browser that it need not come again.
        res.status(204).end();
        return undefined;
      }
      const topics = [generation.id];
      await stream(deps, { ctx, topics, resuming, wantsPreviews: query.previews, req, res });
      return undefined;
    },

    async streamEvents({ ctx, query, req, res }) {
      const resuming = await live.resume(req.get('Last-Event-ID') ?? query.last_event_id);
      const wantsPreviews = query.previews;
      await stream(deps, { ctx, topics: 'all', resuming, wantsPreviews, req, res });
      return undefined;
    },
  };
}

/** Whether a client that resumes has had the event that made the generation final. */
async function isAllTold(
  database: Database,
  { id, ownerId, status, finishedAt }: GenerationRecord,
  { after }: Resuming,
): Promise<boolean> {
  if (after === null || !isTerminal(GENERATION_TRANSITIONS, status)) return false;
  const filter = { ownerId, generationIds: [id], limit: 100 };
  const events = await findEventsAfter(database, '0', filter);
  if (events.some((event) => BigInt(event.id) > after)) return false;
  const isOld = finishedAt !== null && Date.now() - finishedAt.getTime() > LOGGED_AFTER_MS;
  return isOld || events.some(isFinalEvent);
}

/** Resolves when the stream is over. */
async function stream(
  deps: StreamDeps,
  { ctx, topics, resuming, wantsPreviews, req, res }: Stream,
): Promise<void> {
  const client = await deps.live.open({
    ownerId: ctx.userId,
    format: SSE_FORMAT,
    sink: toSink(res),
    show: createShowTopics(deps, ctx),
    endsWhenFinal: topics !== 'all',
  });
  const closed = new Promise((resolve) => res.once('close', resolve));
  try {
    if (res.closed) return;
    res.set({
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    client.wantsPreviews = wantsPreviews;
    await deps.live.watch(client, topics);
    res.write(`retry: ${RETRY_MS}\n\n`);
    if (deps.stopping.aborted) {
      // Its end makes a browser come again, elsewhere.
      res.end();
      return;
    }
    void client.join({ topics, ...resuming });
    await closed;
  } finally {
    client.end('gone');
  }
}

function toSink(res: Response): LiveSink {
  return {
    write(text) {
      // Once it is full it drains; before, it need not.
      return res.write(text) || res.writableLength < FULL_BYTES;
    },
    onDrain: (listener) => res.on('drain', listener),
    end(reason) {
      // A reader that takes nothing would not take the end either.
      if (reason === 'slow') res.destroy();
      else if (reason !== 'gone') res.end();
    },
  };
}
