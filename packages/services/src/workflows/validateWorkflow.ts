import type { CreateGeneration } from '@avatarforge/contracts';
import { requireScope, type ServiceContext } from '../context';
import type { CheckedPlan } from '../generations/plan';
import { planGeneration, type PlanGenerationDeps } from '../generations/planGeneration';

/**
 * What would become of a request, without queueing it.
 * Throws {@link AppError} as `createGeneration` does, but for what the pool cannot run: that is in the answer.
 */
export function validateWorkflow(
  deps: PlanGenerationDeps,
  { ctx, input }: { ctx: ServiceContext; input: CreateGeneration },
): Promise<CheckedPlan> {
  requireScope(ctx, 'generations:write');
  return planGeneration(deps, { ctx, input });
}
