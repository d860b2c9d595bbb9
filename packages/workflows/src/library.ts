import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '@avatarforge/core';
import { parse } from 'yaml';
import { Manifest, type WorkflowInput } from './manifest';

/** A reusable ComfyUI graph with typed inputs. */
export interface Workflow {
  id: string;
  title: string;
  description: string;
  inputs: Record<string, WorkflowInput>;
  /** API format, inputs not yet bound. */
  graph: Graph;
}

const LIBRARY = join(__dirname, 'library');

/**
 * Reads the workflow library: one folder for each workflow, with `graph.json` and `manifest.yaml`.
 * Throws when a manifest is malformed or names a node or field that the graph lacks.
 */
export function loadWorkflows(): Map<string, Workflow> {
  const ids = readdirSync(LIBRARY).sort();
  return new Map(ids.map((id) => [id, loadWorkflow(id)]));
}

function loadWorkflow(id: string): Workflow {
  const read = (file: string) => readFileSync(join(LIBRARY, id, file), 'utf8');
  const graph = JSON.parse(read('graph.json')) as Graph;
  const manifest = Manifest.parse(parse(read('manifest.yaml')));
  for (const [name, { node, field }] of Object.entries(manifest.inputs)) {
    if (!(field in (graph[node]?.inputs ?? {}))) {
      throw new Error(
        `Workflow ${id}: input ${name} names ${node}.${field}, which the graph lacks.`,
      );
    }
  }
  return { id, ...manifest, graph };
}
