import type { CreateGeneration } from '@avatarforge/contracts';
import { AppError, newId } from '@avatarforge/core';
import { insertGeneration, type GenerationRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { rejectGraph } from './graphFaults';
import { planGeneration, type PlanGenerationDeps } from './planGeneration';

/** What creating a generation needs. */
export interface CreateGenerationDeps extends PlanGenerationDeps {
  /** Tells workers that shots wait. Called after the commit and not waited for: a lost ring costs a second. */
  ringTickets: (tickets: { shotId: string; tries: number }[]) => void;
}

/** For who sent words and never named a model. */
const CONFIGURED = 'Which models are used is set in models.yaml.';

/**
 * Accepts a request: one graph for each shot, checked against what the pool can run, all written in one transaction.
 * Throws {@link AppError} `unknown_file` for a file that the caller does not have, `fallback_required` when the pool
 * cannot do exactly this and the request does not allow less, `graph_rejected` when it cannot do it at all,
 * `validation_failed` when a workflow refuses a value.
 */
export async function createGeneration(
  deps: CreateGenerationDeps,
  { ctx, input }: { ctx: ServiceContext; input: CreateGeneration },
): Promise<GenerationRecord> {
  requireScope(ctx, 'generations:write');
  const plan = await planGeneration(deps, { ctx, input });
  if (!plan.isRunnable) rejectGraph(plan.faults, 'prompt' in input ? [CONFIGURED] : []);
  const allowsLess = 'allow_fallback' in input && input.allow_fallback;
  if (plan.notes.length > 0 && !allowsLess) {
    throw new AppError(
      'fallback_required',
      `${plan.notes.join(' ')} Send "allow_fallback": true to accept this.`,
    );
  }
  const created = await insertGeneration(deps.database, {
    ...plan,
    id: newId(),
    ownerId: ctx.userId,
  });
  deps.ringTickets(plan.shots.map((shot) => ({ shotId: shot.id, tries: 0 })));
  return created;
}
