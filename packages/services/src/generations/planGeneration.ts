import type { CreateGeneration } from '@avatarforge/contracts';
import type { Database } from '@avatarforge/db';
import type { ServiceContext } from '../context';
import type { PoolCatalogs } from '../pool/poolCatalogs';
import { checkPlan } from './checkPlan';
import { inputFilesOf } from './inputFiles';
import type { CheckedPlan, Way } from './plan';
import { planGraph } from './planGraph';
import { planWish, type PlanDeps } from './planWish';
import { planWorkflow } from './planWorkflow';

/** What planning a generation needs. */
export interface PlanGenerationDeps extends PlanDeps {
  database: Database;
  catalogs: PoolCatalogs;
}

/**
 * The best way to draw a request that the pool can run; the way exactly as asked, with its faults, when there is none.
 * Throws {@link AppError} `unknown_file` for a file that the caller does not have, `validation_failed` when a workflow
 * refuses a value, `graph_rejected` for what is no graph.
 */
export async function planGeneration(
  deps: PlanGenerationDeps,
  { ctx, input }: { ctx: ServiceContext; input: CreateGeneration },
): Promise<CheckedPlan> {
  const [best, ...others] = await waysToDraw(deps, ctx, input);
  const catalogs = await deps.catalogs.load();
  const asAsked = checkPlan(best(), catalogs);
  if (asAsked.isRunnable) return asAsked;
  for (const other of others) {
    const fallback = checkPlan(other(), catalogs);
    if (fallback.isRunnable) return fallback;
  }
  return asAsked;
}

async function waysToDraw(
  deps: PlanGenerationDeps,
  ctx: ServiceContext,
  input: CreateGeneration,
): Promise<[Way, ...Way[]]> {
  const getFile = inputFilesOf(deps.database, ctx);
  if ('prompt' in input) return planWish(deps, input, getFile);
  const plan =
    'graph' in input ? await planGraph(input, getFile) : await planWorkflow(deps, input, getFile);
  return [() => plan];
}
