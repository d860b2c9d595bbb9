import type { Pose } from '@avatarforge/contracts';
import { laneOf, newId, requirementOf } from '@avatarforge/core';
import type { FileRecord, NewShot } from '@avatarforge/db';
import { bindWorkflow, targetsOf, type Workflow } from '@avatarforge/workflows';
import { toUpload, uploadNameOf } from './inputFiles';

/** What one shot of a workflow is built from. */
export interface ShotPlan {
  workflow: Workflow;
  /** Values by the names of the workflow's inputs; pictures stand apart. */
  values: Record<string, unknown>;
  pictures: Record<string, FileRecord>;
  view: Pose | null;
  seed: number | null;
}

/** The shot, and every value that was used. Throws {@link AppError} `validation_failed` naming the inputs at fault. */
export function buildShot(plan: ShotPlan): { shot: NewShot; inputs: Record<string, unknown> } {
  const { workflow, view, seed } = plan;
  const pictures = Object.entries(plan.pictures);
  const names = Object.fromEntries(pictures.map(([name, file]) => [name, uploadNameOf(file)]));
  const { graph, inputs } = bindWorkflow(workflow, { ...plan.values, ...names });
  const uploads = pictures.flatMap(([name, file]) => {
    const input = workflow.inputs[name];
    return input ? targetsOf(input).map((target) => toUpload(file, target)) : [];
  });
  const needs = { lane: laneOf(graph), requirement: requirementOf(graph) };
  return { shot: { id: newId(), view, seed, ...needs, graph, uploads, avoid: [] }, inputs };
}

/** The input of the workflow that a node's field is bound to; null when it is a value of the graph's own. */
export function inputAt(workflow: Workflow, node: string, field: string): string | null {
  const found = Object.entries(workflow.inputs).find(([, input]) =>
    targetsOf(input).some((target) => target.node === node && target.field === field),
  );
  return found?.[0] ?? null;
}
