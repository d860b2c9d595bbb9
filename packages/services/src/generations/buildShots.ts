import type { CreateGeneration } from '@avatarforge/contracts';
import { buildPromptText, laneOf, newId, seedOfShot } from '@avatarforge/core';
import type { NewShot } from '@avatarforge/db';
import { bindWorkflow, checkpointFor, type Models, type Workflow } from '@avatarforge/workflows';

/** A picture in object storage that a graph starts from. */
export interface StartImage {
  /** The name it is uploaded under: made of its content. */
  filename: string;
  objectKey: string;
}

/** What shots are built from. */
export interface ShotPlan {
  input: CreateGeneration;
  seed: number;
  negativePrompt: string;
  workflow: Workflow;
  models: Models;
  startImage: StartImage | null;
}

/** One shot for each view and count, with its graph bound; all views of a count share its seed. */
export function buildShots(plan: ShotPlan): NewShot[] {
  const views = plan.input.views ?? [null];
  const seeds = Array.from({ length: plan.input.count }, (_, n) => seedOfShot(plan.seed, n));
  return seeds.flatMap((seed) => views.map((view) => buildShot(plan, view, seed)));
}

function buildShot(plan: ShotPlan, view: NewShot['view'], seed: number): NewShot {
  const { input, workflow, models, startImage } = plan;
  const { graph } = bindWorkflow(workflow, {
    checkpoint: checkpointFor(models, input.realism, view),
    prompt: buildPromptText(input, view),
    negative_prompt: plan.negativePrompt,
    width: input.width,
    height: input.height,
    seed,
    steps: input.steps,
    cfg: input.cfg,
    sampler: input.sampler,
    scheduler: input.scheduler,
    ...(startImage && { image: startImage.filename }),
  });
  return { id: newId(), view, seed, lane: laneOf(graph), graph, uploads: uploadsOf(plan) };
}

function uploadsOf({ workflow, startImage }: ShotPlan): NewShot['uploads'] {
  const target = workflow.inputs['image'];
  if (!startImage || !target) return [];
  const { node, field } = target;
  return [{ node, field, filename: startImage.filename, object_key: startImage.objectKey }];
}
