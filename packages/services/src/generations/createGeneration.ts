import type { CreateGeneration } from '@avatarforge/contracts';
import { AppError, newId } from '@avatarforge/core';
import {
  findGenerationAsCreated,
  findIdempotent,
  insertGeneration,
  type Database,
  type GenerationRecord,
  type Idempotency,
  type NewGeneration,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { askedCallbacks, prepareCallbacks, type CallbackDeps } from './callbacks';
import { rejectGraph } from './graphFaults';
import type { CheckedPlan } from './plan';
import { planGeneration, type PlanGenerationDeps } from './planGeneration';
import { requireRoom, type QueueLimitDeps } from './queueLimit';

/** What creating a generation needs. */
export interface CreateGenerationDeps extends PlanGenerationDeps, QueueLimitDeps, CallbackDeps {
  /** Tells workers that shots wait. Called after the commit and not waited for: a lost ring costs a second. */
  ringTickets: (tickets: { shotId: string; tries: number }[]) => void;
}

/** A request for a generation. */
export interface GenerationRequest {
  ctx: ServiceContext;
  input: CreateGeneration;
  /** Given by a sender who may send the request again. */
  idempotency?: Idempotency | undefined;
  /** The generation that this one repeats. */
  retryOf?: string;
}

/** What was made of a request; `isReplayed`: by an earlier one with the same idempotency key. */
export interface CreatedGeneration {
  generation: GenerationRecord;
  isReplayed: boolean;
}

/** For who sent words and never named a model. */
const CONFIGURED = 'Which models are used is set in models.yaml.';

/**
 * Accepts a request: one graph for each shot, checked against what the pool can run, all written in one transaction. One
 * that was sent before with the same idempotency key is answered as it was then.
 * Throws {@link AppError} `unknown_file` for a file that the caller does not have, `fallback_required` when the pool
 * cannot do exactly this and the request does not allow less, `graph_rejected` when it cannot do it at all,
 * `validation_failed` when a workflow refuses a value, `idempotency_mismatch` when the key was used for another request,
 * `queue_full` when the caller has as much waiting as is allowed.
 */
export async function createGeneration(
  deps: CreateGenerationDeps,
  request: GenerationRequest,
): Promise<CreatedGeneration> {
  const { ctx, idempotency } = request;
  requireScope(ctx, 'generations:write');
  const earlier = await findReplay(deps.database, request);
  if (earlier) return earlier;
  await requireRoom(deps, ctx.userId);
  const prepared = await prepareGeneration(deps, request);
  const created = await insertGeneration(deps.database, prepared, idempotency);
  if (created === 'file_gone') {
    throw new AppError('unknown_file', 'A file of this request was deleted just now.');
  }
  if (created === 'key_taken') return getReplay(deps.database, request);
  deps.ringTickets(prepared.shots.map((shot) => ({ shotId: shot.id, tries: 0 })));
  return { generation: created, isReplayed: false };
}

/** A generation as it is to be written: planned, and checked against what the pool can run. Throws as `createGeneration`. */
export async function prepareGeneration(
  deps: CreateGenerationDeps,
  { ctx, input, retryOf }: GenerationRequest,
): Promise<NewGeneration> {
  const plan = await planGeneration(deps, { ctx, input });
  requireRunnable(plan, input);
  const callbacks = await prepareCallbacks(deps, { ctx, input });
  return {
    ...plan,
    request: { ...plan.request, ...askedCallbacks(input) },
    ...{ id: newId(), ownerId: ctx.userId, retryOf: retryOf ?? null, callbacks },
  };
}

function requireRunnable(plan: CheckedPlan, input: CreateGeneration): void {
  if (!plan.isRunnable) rejectGraph(plan.faults, 'prompt' in input ? [CONFIGURED] : []);
  const allowsLess = 'allow_fallback' in input && input.allow_fallback;
  if (plan.notes.length === 0 || allowsLess) return;
  throw new AppError(
    'fallback_required',
    `${plan.notes.join(' ')} Send "allow_fallback": true to accept this.`,
  );
}

/** What was made of an earlier request with the same idempotency key. Throws {@link AppError} `idempotency_mismatch`. */
export async function findReplay(
  database: Database,
  { ctx, idempotency }: Pick<GenerationRequest, 'ctx' | 'idempotency'>,
): Promise<CreatedGeneration | null> {
  if (!idempotency) return null;
  const earlier = await findIdempotent(database, { ownerId: ctx.userId, ...idempotency });
  if (!earlier) return null;
  if (earlier.requestHash !== idempotency.requestHash) {
    throw new AppError(
      'idempotency_mismatch',
      'This Idempotency-Key was sent before with another request. Send a new key with a new request.',
    );
  }
  const generation = await findGenerationAsCreated(database, earlier.generationId);
  return generation && { generation, isReplayed: true };
}

/** Somebody else sent the same key at the same time, and was faster. */
async function getReplay(
  database: Database,
  request: GenerationRequest,
): Promise<CreatedGeneration> {
  const earlier = await findReplay(database, request);
  if (!earlier) throw new Error('an idempotency key was taken and is not there');
  return earlier;
}
