import type { WorkflowWish } from '@avatarforge/contracts';
import { AppError, drawSeed, nearestNames, seedOfShot } from '@avatarforge/core';
import type { FileRecord } from '@avatarforge/db';
import type { Workflow } from '@avatarforge/workflows';
import { buildShot, inputAt, type ShotPlan } from './buildShot';
import type { GetInputFile } from './inputFiles';
import type { Plan } from './plan';

/**
 * A workflow of the library with the caller's values; a seed is drawn where it takes one and none is given.
 * Throws {@link AppError} `validation_failed` for a workflow or value that does not exist.
 */
export async function planWorkflow(
  deps: { workflows: Map<string, Workflow> },
  { workflow: id, inputs: given, count, priority }: WorkflowWish,
  getFile: GetInputFile,
): Promise<Plan> {
  const workflow = findWorkflow(deps.workflows, id);
  const pictures = await getPictures(workflow, given, getFile);
  const values = Object.fromEntries(
    Object.entries(given).filter(([name]) => !Object.hasOwn(pictures, name)),
  );
  if ('seed' in workflow.inputs) values['seed'] ??= drawSeed();
  const built = Array.from({ length: count }, (_, n) =>
    buildNth({ workflow, values, pictures, view: null }, n),
  );
  const { prompt, negative_prompt: negativePrompt, ...used } = built[0]?.inputs ?? {};
  return {
    workflow: id,
    prompt: typeof prompt === 'string' ? prompt : '',
    negativePrompt: typeof negativePrompt === 'string' ? negativePrompt : '',
    inputs: { ...used, ...idsOf(pictures), count },
    request: { workflow: id, inputs: { ...values, ...idsOf(pictures) }, count, priority },
    priority,
    notes: [],
    files: Object.entries(pictures).map(([role, file]) => ({ fileId: file.id, role })),
    shots: built.map(({ shot }) => shot),
    pointerTo(node, field) {
      const input = node !== null && field !== null ? inputAt(workflow, node, field) : null;
      return input === null ? '/workflow' : `/inputs/${input}`;
    },
  };
}

function findWorkflow(workflows: Map<string, Workflow>, id: string): Workflow {
  const workflow = workflows.get(id);
  if (workflow) return workflow;
  const [nearest] = nearestNames(id, [...workflows.keys()]);
  const message = `There is no workflow “${id}”.${nearest ? ` Is it “${nearest}”?` : ''}`;
  throw new AppError('validation_failed', `${message} GET /v1/workflows lists them.`, [
    { pointer: '/workflow', message },
  ]);
}

/** The files given for the inputs of the workflow that take a picture. */
async function getPictures(
  { inputs }: Workflow,
  given: Record<string, unknown>,
  getFile: GetInputFile,
): Promise<Record<string, FileRecord>> {
  const names = Object.keys(given).filter((name) => inputs[name]?.type === 'image');
  const files = names.map(
    async (name) => [name, await getFile(given[name], `/inputs/${name}`)] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}

/** The nth of `count` shots: the same but for its seed. One that is no seed is left for the workflow to refuse. */
function buildNth(plan: Omit<ShotPlan, 'seed'>, n: number) {
  const given = plan.values['seed'];
  const seed = isSeed(given) ? seedOfShot(given, n) : null;
  const values = seed === null ? plan.values : { ...plan.values, seed };
  try {
    return buildShot({ ...plan, values, seed });
  } catch (error) {
    if (!(error instanceof AppError) || !error.errors) throw error;
    const errors = error.errors.map((each) => ({ ...each, pointer: `/inputs${each.pointer}` }));
    throw new AppError(error.code, error.message, errors);
  }
}

function isSeed(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function idsOf(pictures: Record<string, FileRecord>): Record<string, string> {
  return Object.fromEntries(Object.entries(pictures).map(([name, { id }]) => [name, id]));
}
