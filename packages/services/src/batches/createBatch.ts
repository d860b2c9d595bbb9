import type { CreateBatch } from '@avatarforge/contracts';
import { AppError, newId } from '@avatarforge/core';
import {
  findBatchOf,
  insertBatch,
  type BatchRecord,
  type Idempotency,
  type NewGeneration,
} from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { prepareCallbacks } from '../generations/callbacks';
import {
  findReplay,
  prepareGeneration,
  type CreateGenerationDeps,
} from '../generations/createGeneration';
import { requireRoom } from '../generations/queueLimit';
import { getBatch } from './getBatch';

/** A request for a batch. */
interface BatchRequest {
  ctx: ServiceContext;
  input: CreateBatch;
  /** Given by a sender who may send the request again. */
  idempotency?: Idempotency | undefined;
}

/**
 * Accepts many generations at once, all or none. Throws what `createGeneration` throws; what is wrong with one of them is
 * named as `/generations/N…`.
 */
export async function createBatch(
  deps: CreateGenerationDeps,
  { ctx, input, idempotency }: BatchRequest,
): Promise<{ batch: BatchRecord; isReplayed: boolean }> {
  requireScope(ctx, 'generations:write');
  const replayed = await findReplayed(deps, { ctx, idempotency });
  if (replayed) return { batch: replayed, isReplayed: true };
  await requireRoom(deps, ctx.userId);
  const { webhookUrl, notifyEmail } = await prepareCallbacks(deps, { ctx, input });
  const [first, ...others] = await prepareAll(deps, { ctx, input });
  if (!first) throw new Error('a batch has at least one generation');
  const generations: [NewGeneration, ...NewGeneration[]] = [first, ...others];
  const id = newId();
  const batch = { id, ownerId: ctx.userId, webhookUrl, notifyEmail, generations };
  const outcome = await insertBatch(deps.database, batch, idempotency);
  if (outcome === 'file_gone') {
    throw new AppError('unknown_file', 'A file of this request was deleted just now.');
  }
  if (outcome === 'key_taken') {
    const earlier = await findReplayed(deps, { ctx, idempotency });
    if (!earlier) throw new Error('an idempotency key was taken and is not there');
    return { batch: earlier, isReplayed: true };
  }
  const shots = generations.flatMap((generation) => generation.shots);
  deps.ringTickets(shots.map((shot) => ({ shotId: shot.id, tries: 0 })));
  return { batch: await getBatch(deps, { ctx, id }), isReplayed: false };
}

/** One after the other: each may look at many instances. */
async function prepareAll(
  deps: CreateGenerationDeps,
  { ctx, input }: Pick<BatchRequest, 'ctx' | 'input'>,
): Promise<NewGeneration[]> {
  const prepared: NewGeneration[] = [];
  for (const [n, wanted] of input.generations.entries()) {
    try {
      prepared.push(await prepareGeneration(deps, { ctx, input: wanted }));
    } catch (error) {
      throw error instanceof AppError ? within(error, `/generations/${n}`) : error;
    }
  }
  // In the order of their names, which is the order in which they are shown.
  const ids = prepared.map(() => newId()).sort();
  return prepared.map((generation, n) => ({ ...generation, id: ids[n] ?? generation.id }));
}

function within({ code, message, errors }: AppError, place: string): AppError {
  const moved = errors?.map((each) => ({ ...each, pointer: place + each.pointer }));
  return new AppError(code, `${place}: ${message}`, moved);
}

async function findReplayed(
  deps: CreateGenerationDeps,
  { ctx, idempotency }: Pick<BatchRequest, 'ctx' | 'idempotency'>,
): Promise<BatchRecord | null> {
  const earlier = await findReplay(deps.database, { ctx, idempotency });
  const id = earlier && (await findBatchOf(deps.database, earlier.generation.id));
  return id === null ? null : getBatch(deps, { ctx, id });
}
