import type { Generation } from '@avatarforge/contracts';
import type { GenerationRecord } from '@avatarforge/db';
import {
  cancelGeneration,
  createGeneration,
  deleteGeneration,
  findOwnGeneration,
  getGeneration,
  listAttempts,
  listGenerations,
  retryGeneration,
  type CreatedGeneration,
  type CreateGenerationDeps,
  type GenerationWatch,
  type ServiceContext,
} from '@avatarforge/services';
import type { Request, Response } from 'express';
import { preferredWait } from '../http/preferences';
import type { Handlers } from '../http/router';
import { toAttempt } from '../presenters/attempt';
import { toGeneration } from '../presenters/generation';
import { showGenerations, type ShowDeps } from './showGenerations';

export interface GenerationDeps extends CreateGenerationDeps, ShowDeps {
  watch: GenerationWatch;
  /** Aborts when the process is told to stop: from then on no answer is held back. */
  stopping: AbortSignal;
}

type GenerationOperation =
  | 'createGeneration'
  | 'listGenerations'
  | 'getGeneration'
  | 'listAttempts'
  | 'cancelGeneration'
  | 'retryGeneration'
  | 'deleteGeneration';

/** Native v1: generations. */
export function generationHandlers(deps: GenerationDeps): Pick<Handlers, GenerationOperation> {
  return {
    async createGeneration({ body, idempotency, ...request }) {
      const { ctx } = request;
      const created = await createGeneration(deps, { ctx, input: body, idempotency });
      return answerCreated(deps, request, created);
    },

    async listGenerations({ ctx, query }) {
      const { generations, nextCursor } = await listGenerations(deps, { ctx, query });
      return {
        data: await showGenerations(deps, generations),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async getGeneration({ ctx, params }) {
      return show(deps, await getGeneration(deps, { ctx, id: params.id }));
    },

    async listAttempts({ ctx, params, query }) {
      const { attempts, nextCursor } = await listAttempts(deps, { ctx, id: params.id, query });
      return {
        data: attempts.map(toAttempt),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async cancelGeneration({ ctx, params }) {
      return show(deps, await cancelGeneration(deps, { ctx, id: params.id }));
    },

    async retryGeneration({ params, body, idempotency, ...request }) {
      const { ctx } = request;
      const retry = { ctx, id: params.id, seed: body.seed, idempotency };
      return answerCreated(deps, request, await retryGeneration(deps, retry));
    },

    async deleteGeneration({ ctx, params }) {
      await deleteGeneration(deps, { ctx, id: params.id });
      return undefined;
    },
  };
}

async function show(deps: ShowDeps, generation: GenerationRecord): Promise<Generation> {
  const [shown] = await showGenerations(deps, [generation]);
  return shown ?? toGeneration(generation);
}

/** A new generation as it is; held back until it is final, where the client prefers to wait. */
async function answerCreated(
  deps: GenerationDeps,
  { ctx, req, res }: { ctx: ServiceContext; req: Request; res: Response },
  { generation, isReplayed }: CreatedGeneration,
): Promise<Generation> {
  const { id } = generation;
  const created = toGeneration(generation);
  res.location(created.urls.self);
  if (isReplayed) res.setHeader('Idempotency-Replayed', 'true');
  const seconds = preferredWait(req);
  if (seconds === 0) return created;

  res.setHeader('Preference-Applied', `wait=${seconds}`);
  const gone = new AbortController();
  res.once('close', () => {
    gone.abort();
  });
  const over = AbortSignal.timeout(seconds * 1000);
  const isFinal = await deps.watch.untilFinal(
    id,
    AbortSignal.any([deps.stopping, gone.signal, over]),
  );
  // It was created, whatever has become of it.
  const now = await findOwnGeneration(deps, { ctx, id });
  if (!now) return created;
  if (isFinal) res.status(200);
  return show(deps, now);
}
