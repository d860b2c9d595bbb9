import { CreateGeneration } from '@avatarforge/contracts';
import { AppError, isId } from '@avatarforge/core';
import { findRequest, type Idempotency } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import {
  createGeneration,
  findReplay,
  type CreatedGeneration,
  type CreateGenerationDeps,
} from './createGeneration';

/** Which generation is asked for again, and how. */
export interface Retry {
  ctx: ServiceContext;
  id: string;
  /** `new` draws another picture. */
  seed: 'same' | 'new';
  idempotency?: Idempotency | undefined;
}

/**
 * Asks again for what failed or was cancelled: a new generation, checked against the pool as it is now.
 * Throws {@link AppError} `not_found`, `wrong_state`, `validation_failed` for a new seed where the seeds stand in a graph
 * of the caller's own, and what `createGeneration` throws.
 */
export async function retryGeneration(
  deps: CreateGenerationDeps,
  { ctx, id, seed, idempotency }: Retry,
): Promise<CreatedGeneration> {
  requireScope(ctx, 'generations:write');
  const earlier = await findReplay(deps.database, { ctx, idempotency });
  if (earlier) return earlier;
  const found = isId(id) ? await findRequest(deps.database, { id, ownerId: ctx.userId }) : null;
  if (!found) throw new AppError('not_found', `There is no generation ${id}.`);
  if (found.status !== 'failed' && found.status !== 'cancelled') {
    throw new AppError(
      'wrong_state',
      `The generation is ${found.status}. Only one that failed or was cancelled can be asked for again.`,
    );
  }
  const request = CreateGeneration.safeParse(found.request);
  if (!request.success) {
    throw new AppError(
      'wrong_state',
      'What was asked for is not known in a form that can be repeated. Create a new generation.',
    );
  }
  const input = seed === 'new' ? withoutSeed(request.data) : request.data;
  return createGeneration(deps, { ctx, input, idempotency, retryOf: id });
}

function withoutSeed(request: CreateGeneration): CreateGeneration {
  if ('prompt' in request) {
    const rest = { ...request };
    delete rest.seed;
    return rest;
  }
  if ('workflow' in request) {
    const inputs = { ...request.inputs };
    delete inputs['seed'];
    return { ...request, inputs };
  }
  const message = 'The seeds of a graph stand in it: send it again with others.';
  throw new AppError('validation_failed', `/seed: ${message}`, [{ pointer: '/seed', message }]);
}
