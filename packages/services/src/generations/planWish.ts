import type { Wish } from '@avatarforge/contracts';
import { buildPromptText, drawSeed, seedOfShot } from '@avatarforge/core';
import type { FileRecord } from '@avatarforge/db';
import { checkpointFor, type Models, type Workflow } from '@avatarforge/workflows';
import { buildShot, inputAt } from './buildShot';
import { candidatesFor, type Candidate } from './candidates';
import type { GetInputFile } from './inputFiles';
import type { Plan, Way } from './plan';

/** What planning works with. */
export interface PlanDeps {
  workflows: Map<string, Workflow>;
  models: Models;
}

/** Everything that is the same whichever way a wish is drawn. */
interface Asked {
  wish: Wish;
  seed: number;
  negativePrompt: string;
  files: Partial<Record<'pose' | 'reference', FileRecord>>;
}

/** The ways to draw a wish, the best first, each planned when it is asked for; all of them with the same seed. */
export async function planWish(
  deps: PlanDeps,
  wish: Wish,
  getFile: GetInputFile,
): Promise<[Way, ...Way[]]> {
  const { pose_file_id: pose, reference_file_id: reference } = wish;
  const asked: Asked = {
    wish,
    seed: wish.seed ?? drawSeed(),
    negativePrompt: wish.negative_prompt ?? deps.models.negative_prompt,
    files: {
      ...(pose && { pose: await getFile(pose, '/pose_file_id') }),
      ...(reference && { reference: await getFile(reference, '/reference_file_id') }),
    },
  };
  const [best, ...others] = candidatesFor({
    pose: pose !== undefined,
    reference: reference !== undefined,
  });
  const way = (candidate: Candidate) => () => toPlan(deps, asked, candidate);
  return [way(best), ...others.map(way)];
}

function toPlan(deps: PlanDeps, asked: Asked, { workflowId, pictures, notes }: Candidate): Plan {
  const { wish, seed, negativePrompt, files } = asked;
  const workflow = getWorkflow(deps.workflows, workflowId);
  const seeds = Array.from({ length: wish.count }, (_, n) => seedOfShot(seed, n));
  const views = wish.views ?? [null];
  const shots = seeds.flatMap((shotSeed) =>
    views.map((view) => {
      const values = {
        checkpoint: checkpointFor(deps.models, wish.realism, view),
        prompt: buildPromptText(wish, view),
        negative_prompt: negativePrompt,
        seed: shotSeed,
        ...pick(wish, ['width', 'height', 'steps', 'cfg', 'sampler', 'scheduler']),
      };
      const images = Object.entries(pictures).flatMap(([input, role]) => {
        const file = files[role];
        return file ? [[input, file] as const] : [];
      });
      const plan = { workflow, values, pictures: Object.fromEntries(images), view, seed: shotSeed };
      return buildShot(plan).shot;
    }),
  );
  return {
    workflow: workflowId,
    prompt: wish.prompt,
    negativePrompt,
    inputs: toUsedInputs(wish, seed),
    request: { ...wish, seed },
    priority: wish.priority,
    notes,
    files: Object.entries(files).map(([role, file]) => ({ fileId: file.id, role })),
    shots,
    pointerTo(node, field) {
      const input = node !== null && field !== null ? inputAt(workflow, node, field) : null;
      return input !== null && input in wish ? `/${input}` : '';
    },
  };
}

function getWorkflow(workflows: Map<string, Workflow>, id: string): Workflow {
  const workflow = workflows.get(id);
  if (!workflow) throw new Error(`the workflow library lacks ${id}`);
  return workflow;
}

/** What is shown of the request beside the prompts, with the seed that was drawn. */
function toUsedInputs(wish: Wish, seed: number): Record<string, unknown> {
  const shownElsewhere = [
    ...['prompt', 'negative_prompt', 'allow_fallback', 'priority'],
    ...['webhook_url', 'webhook_events', 'notify_email'],
  ];
  const used = Object.entries({ ...wish, seed }).filter(([name]) => !shownElsewhere.includes(name));
  return Object.fromEntries(used);
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}
