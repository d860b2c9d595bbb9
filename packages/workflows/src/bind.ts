import { AppError, type Graph } from '@avatarforge/core';
import { z } from 'zod';
import type { Workflow } from './library';
import { schemaOf, targetsOf } from './manifest';

/** Of a message that names what was given. */
const MAX_MESSAGE = 300;

/** A workflow with its inputs bound. */
export interface BoundWorkflow {
  graph: Graph;
  /** Every value that was used, defaults included. */
  inputs: Record<string, unknown>;
}

/**
 * Binds `values` into a copy of the workflow's graph, each at every node and field that the manifest names.
 * Throws {@link AppError} `validation_failed` naming each input that is missing, unknown or out of range.
 */
export function bindWorkflow(workflow: Workflow, values: Record<string, unknown>): BoundWorkflow {
  const schemas = Object.entries(workflow.inputs).map(([name, input]) => [name, schemaOf(input)]);
  const parsed = z.strictObject(Object.fromEntries(schemas) as z.ZodRawShape).safeParse(values);
  if (!parsed.success) {
    throw new AppError(
      'validation_failed',
      `The workflow ${workflow.id} does not accept these inputs.`,
      parsed.error.issues.map(({ path, message }) => ({
        pointer: path.map((part) => `/${String(part)}`).join(''),
        message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
      })),
    );
  }
  const inputs = parsed.data as Record<string, unknown>;
  const graph = structuredClone(workflow.graph);
  for (const [name, input] of Object.entries(workflow.inputs)) {
    for (const { node, field } of targetsOf(input)) {
      const bound = graph[node];
      if (bound) bound.inputs[field] = inputs[name];
    }
  }
  return { graph, inputs };
}
