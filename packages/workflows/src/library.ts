import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from '@avatarforge/core';
import { parse } from 'yaml';
import {
  Choices,
  Manifest,
  resolveInput,
  targetsOf,
  type Named,
  type WorkflowInput,
} from './manifest';
import { loadModels, type Models } from './models';

/** A reusable ComfyUI graph with typed inputs. */
export interface Workflow {
  id: string;
  title: string;
  description: string;
  /** The models that it is made for: what its checkpoint must be. */
  family: 'sd15' | 'sdxl' | 'flux';
  /** An input of type image is named by its role: `image` to start from, `pose` or `reference`. */
  inputs: Record<string, WorkflowInput>;
  /** API format, inputs not yet bound. */
  graph: Graph;
}

const LIBRARY = join(__dirname, 'library');

/**
 * Reads the workflow library: one folder for each workflow, with `graph.json` and `manifest.yaml`. The files that
 * `models` names (default: those of `models.yaml`) are the defaults of model inputs. Throws when a manifest is
 * malformed, or names a node or field that the graph lacks, or a list of choices that there is not.
 */
export function loadWorkflows(
  { models }: Pick<Models, 'models'> = loadModels(),
): Map<string, Workflow> {
  const choices = Choices.parse(parse(readFileSync(join(__dirname, 'choices.yaml'), 'utf8')));
  const ids = readdirSync(LIBRARY).sort();
  return new Map(ids.map((id) => [id, loadWorkflow(id, { choices, models })]));
}

function loadWorkflow(id: string, named: Named): Workflow {
  const read = (file: string) => readFileSync(join(LIBRARY, id, file), 'utf8');
  const graph = JSON.parse(read('graph.json')) as Graph;
  const { inputs: stated, ...manifest } = Manifest.parse(parse(read('manifest.yaml')));
  const inputs = Object.fromEntries(
    Object.entries(stated).map(([name, input]) => [name, resolveInput(input, named)]),
  );
  for (const [name, input] of Object.entries(inputs)) {
    const lacking = targetsOf(input).find(({ node, field }) => !hasField(graph, node, field));
    if (lacking) {
      const { node, field } = lacking;
      throw new Error(
        `Workflow ${id}: input ${name} names ${node}.${field}, which the graph lacks.`,
      );
    }
  }
  return { id, ...manifest, inputs, graph };
}

function hasField(graph: Graph, node: string, field: string): boolean {
  return field in (graph[node]?.inputs ?? {});
}
