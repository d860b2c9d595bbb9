import type { GraphFault } from '@avatarforge/contracts';
import {
  bindWorkflow,
  checkGraphOnPool,
  checkpointFor,
  targetsOf,
  type Models,
  type PoolCatalog,
  type Workflow,
  type WorkflowInput,
} from '@avatarforge/workflows';
import { requireScope, type ServiceContext } from '../context';
import { toFault } from '../generations/graphFaults';
import type { PoolCatalogs } from '../pool/poolCatalogs';

/** A workflow of the library, and where it can run with its defaults. */
export interface ListedWorkflow {
  workflow: Workflow;
  /** Instances of which that is known. */
  runnableOn: string[];
  /** What the nearest instance lacks, if none can. */
  missing: GraphFault[];
}

/** The workflows by name, each checked with its defaults against what the pool is known to run. */
export async function listWorkflows(
  deps: { workflows: Map<string, Workflow>; models: Models; catalogs: PoolCatalogs },
  ctx: ServiceContext,
): Promise<ListedWorkflow[]> {
  requireScope(ctx, 'generations:read');
  const catalogs = await deps.catalogs.load();
  return [...deps.workflows.values()].map((workflow) => ({
    workflow,
    ...tryOn(workflow, deps.models, catalogs),
  }));
}

function tryOn(workflow: Workflow, models: Models, catalogs: PoolCatalog[]) {
  if (catalogs.length === 0) return { runnableOn: [], missing: [] };
  const inputs = Object.entries(workflow.inputs);
  const values = inputs.map(([name, input]) => [name, sampleOf(input, models)] as const);
  const { graph } = bindWorkflow(workflow, Object.fromEntries(values));
  const uploads = inputs.flatMap(([, input]) => (input.type === 'image' ? targetsOf(input) : []));
  const { runnableOn, issues } = checkGraphOnPool(graph, catalogs, { uploads });
  return { runnableOn, missing: issues.map((issue) => toFault(issue, () => '')) };
}

/** A value that the input accepts: its default, or else any. */
function sampleOf(input: WorkflowInput, models: Models): unknown {
  if ('default' in input && input.default !== undefined) return undefined;
  switch (input.type) {
    case 'text':
      return 'a person';
    case 'image':
      return 'picture.png';
    case 'model':
      return checkpointFor(models, false, null);
    case 'integer':
    case 'number':
      return input.min;
    case 'choice':
      return input.options[0];
    default:
      throw new Error(`unknown input ${JSON.stringify(input satisfies never)}`);
  }
}
