import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '@avatarforge/core';
import {
  bindWorkflow,
  checkGraph,
  loadWorkflows,
  withOutputPrefix,
  type GraphIssue,
  type Workflow,
} from '@avatarforge/workflows';
import fc from 'fast-check';
import { modelFreeGraphs } from '../../../../packages/workflows/src/fixtures/modelFreeGraphs';
import { mutatedGraph } from '../../../../packages/workflows/src/fixtures/mutateGraph';
import { readCatalog } from '../catalog/nodeCatalog';
import { Folders } from '../files/folders';
import type { Graph as SimGraph } from '../graph';
import { defaultOptions } from '../options';
import { profile033 } from '../profiles/profile033';
import { validateGraph, type ValidationSources } from './validateGraph';

/** What the check refuses though ComfyUI takes it: it is bound to fail, or to do harm. */
const HARMFUL = ['malformed_node', 'unsafe_name', 'chain_too_long', 'too_many_nodes'];
const SEED = 33;
const GRAPHS = 6000;

let sources: ValidationSources;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'comfy-sim-'));
  const folders = new Folders(directory);
  await folders.prepare();
  const catalog = await readCatalog(folders, defaultOptions);
  sources = { catalog, folders, rules: profile033.validation, setOrder: [] };
});

afterAll(() => rm(directory, { recursive: true }));

/** Graphs of the library, with a value for each input; those that need a picture are of no use without one. */
function libraryGraphs(): Graph[] {
  const workflows = [...loadWorkflows().values()];
  const needsPicture = ({ inputs }: Workflow) =>
    Object.values(inputs).some(({ type }) => type === 'image');
  return workflows.filter((workflow) => !needsPicture(workflow)).map(bindAny);
}

function bindAny(workflow: Workflow): Graph {
  const any = {
    prompt: 'a',
    negative_prompt: '',
    seed: 1,
    checkpoint: defaultOptions.checkpoints[0],
  };
  const values = Object.entries(any).filter(([name]) => name in workflow.inputs);
  return bindWorkflow(workflow, Object.fromEntries(values)).graph;
}

/** Whether the check is stricter than ComfyUI on purpose: see the doc comment of `checkGraph`. */
function isStricter(issues: GraphIssue[]): boolean {
  return issues.some(isUnvalidated) || issues.every(({ code }) => HARMFUL.includes(code));
}

/** ComfyUI does not look at inputs that a class does not declare, nor at dynamic choices. */
function isUnvalidated({ nodeType, field }: GraphIssue): boolean {
  const input = sources.catalog[nodeType ?? '']?.input;
  const spec = { ...input?.required, ...input?.optional }[field ?? ''];
  return field !== null && (spec === undefined || spec[0] === 'COMFY_DYNAMICCOMBO_V3');
}

/**
 * Whether the simulator would take the whole graph, with the prefixes it gets before it is dispatched. What throws there
 * is an error 400 or 500 of ComfyUI.
 */
function isTaken(graph: unknown): boolean {
  try {
    const verdict = validateGraph(withOutputPrefix(graph as Graph, 'af') as SimGraph, sources);
    return verdict.error === undefined && Object.keys(verdict.nodeErrors).length === 0;
  } catch {
    return false;
  }
}

test(`of ${GRAPHS} mutated graphs the check and the simulator say the same`, () => {
  const { catalog } = sources;
  const arbitrary = mutatedGraph([...modelFreeGraphs(), ...libraryGraphs()], Object.keys(catalog));
  const graphs = fc.sample(arbitrary, { numRuns: GRAPHS, seed: SEED });
  const judged = graphs.map((mutated) => {
    const issues = checkGraph(mutated.graph, catalog);
    return { ...mutated, issues, isGood: issues.length === 0, isTaken: isTaken(mutated.graph) };
  });
  const disagreements = judged.filter(
    ({ issues, isGood, isTaken }) => isGood !== isTaken && (isGood || !isStricter(issues)),
  );
  expect(disagreements.slice(0, 10)).toEqual([]);
  const share = judged.filter(({ isGood }) => isGood).length / GRAPHS;
  expect(share).toBeGreaterThan(0.25);
  expect(share).toBeLessThan(0.75);
});
