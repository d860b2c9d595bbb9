import type { GraphWish } from '@avatarforge/contracts';
import { AppError, laneOf, newId, requirementOf, type Graph } from '@avatarforge/core';
import type { FileRecord, ShotUpload } from '@avatarforge/db';
import { checkGraph, PREFIX_FIELD } from '@avatarforge/workflows';
import { z } from 'zod';
import { rejectGraph, toFault } from './graphFaults';
import { toUpload, uploadNameOf, type GetInputFile } from './inputFiles';
import type { Plan } from './plan';

/** How ComfyUI's own API names a stored file inside a graph. */
const FileReference = z.object({
  __type: z.literal('core/ASSET'),
  info: z.object({ id: z.unknown() }),
});

const Nodes = z.record(
  z.string(),
  z.object({
    class_type: z.string(),
    inputs: z.record(z.string(), z.unknown()),
  }),
);

/** Places of files in one graph: each is looked up, and the file brought to the instance. */
const MAX_REFERENCES = 64;

/**
 * A graph of the caller's own, as one shot, with files of theirs in the place of references to them.
 * Throws {@link AppError} `graph_rejected` for what no ComfyUI would take, `unknown_file` for a reference to none.
 */
export async function planGraph(wish: GraphWish, getFile: GetInputFile): Promise<Plan> {
  const graph = toGraph(wish.graph);
  const files: FileRecord[] = [];
  const uploads: ShotUpload[] = [];
  for (const [node, { inputs }] of Object.entries(graph)) {
    for (const [field, value] of Object.entries(inputs)) {
      const reference = FileReference.safeParse(value).data;
      if (!reference || field === PREFIX_FIELD) continue;
      if (files.length === MAX_REFERENCES) throw tooManyFiles();
      const file = await getFile(reference.info.id, pointerTo(node, field));
      inputs[field] = uploadNameOf(file);
      files.push(file);
      uploads.push(toUpload(file, { node, field }));
    }
  }
  const seed = seedIn(graph);
  const needs = { lane: laneOf(graph), requirement: requirementOf(graph) };
  return {
    workflow: 'graph',
    prompt: '',
    negativePrompt: '',
    inputs: {},
    request: wish,
    priority: wish.priority,
    notes: [],
    files: [...new Set(files.map(({ id }) => id))].map((fileId) => ({ fileId, role: 'graph' })),
    shots: [{ id: newId(), view: null, seed, ...needs, graph, uploads, avoid: [] }],
    pointerTo,
  };
}

function tooManyFiles(): AppError {
  const message = `A graph may name files in ${MAX_REFERENCES} places at most.`;
  return new AppError('validation_failed', message, [{ pointer: '/graph', message }]);
}

function toGraph(given: Record<string, unknown>): Graph {
  const nodes = Nodes.safeParse(given);
  const issues = checkGraph(nodes.data ?? given, null);
  if (issues.length > 0) rejectGraph(issues.map((issue) => toFault(issue, pointerTo)));
  return nodes.data ?? Nodes.parse(given);
}

function pointerTo(node: string | null, field: string | null): string {
  const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  if (node === null) return '/graph';
  return `/graph/${escape(node)}${field === null ? '' : `/inputs/${escape(field)}`}`;
}

/** The first seed that a node names, as long as a number can hold it. */
function seedIn(graph: Graph): number | null {
  const seeds = Object.values(graph).flatMap(({ inputs }) => [
    inputs['seed'],
    inputs['noise_seed'],
  ]);
  const isSeed = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  return (seeds.find(isSeed) as number | undefined) ?? null;
}
