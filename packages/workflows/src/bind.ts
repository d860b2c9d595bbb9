import { AppError, type Graph } from '@avatarforge/core';
import { z } from 'zod';
import type { Workflow } from './library';
import { schemaOf } from './manifest';

/** A workflow with its inputs bound. */
export interface BoundWorkflow {
  graph: Graph;
  /** Every value that was used, defaults included. */
  inputs: Record<string, unknown>;
}

/**
 * Binds `values` into a copy of the workflow's graph, each at the node and field that the manifest names.
 * Throws {@link AppError} `validation_failed` naming each input that is missing, unknown or out of range.
 */
export function bindWorkflow(workflow: Workflow, values: Record<string, unknown>): BoundWorkflow {
  const schemas = Object.entries(workflow.inputs).map(([name, input]) => [name, schemaOf(input)]);
  const parsed = z.strictObject(Object.fromEntries(schemas) as z.ZodRawShape).safeParse(values);
  if (!parsed.success) {
    throw new AppError(
      'validation_failed',
      `The workflow ${workflow.id} does not accept these inputs.`,
      parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message })),
    );
  }
  const inputs = parsed.data as Record<string, unknown>;
  const graph = structuredClone(workflow.graph);
  for (const [name, { node, field }] of Object.entries(workflow.inputs)) {
    const bound = graph[node];
    if (bound) bound.inputs[field] = inputs[name];
  }
  return { graph, inputs };
}

/**
 * A copy of `graph` in which every `filename_prefix` is `prefix/<node id>`: each attempt writes files of its own, so that
 * none is served from the cache of another, and no name comes from outside.
 */
export function withOutputPrefix(graph: Graph, prefix: string): Graph {
  const copy = structuredClone(graph);
  for (const [id, node] of Object.entries(copy)) {
    if ('filename_prefix' in node.inputs) {
      node.inputs['filename_prefix'] = `${prefix}/${id.replaceAll(/[^\w-]/g, '-')}`;
    }
  }
  return copy;
}
