import type { Graph, SubmitResult } from '@avatarforge/comfy';
import { checkGraph } from '@avatarforge/workflows';
import fc from 'fast-check';
import { modelFreeGraphs } from '../../../../packages/workflows/src/fixtures/modelFreeGraphs';
import { mutatedGraph } from '../../../../packages/workflows/src/fixtures/mutateGraph';
import { freshPrefix, picture } from './graphs';
import type { Guarantee } from './guarantee';
import { couldEndWorker, nodesOf } from './harm';
import type { Visit } from './visit';

/** The same graphs at every run. */
const SEED = 20_260;
const GRAPHS = 200;
const PREFIX_FIELD = 'filename_prefix';

/** What a node may become: classes that need no models, take milliseconds and reach for nothing. */
const HARMLESS = [
  ...['EmptyImage', 'ImageInvert', 'ImageScale', 'ImageScaleBy', 'ImageBlur', 'ImageSharpen'],
  ...['ImageToMask', 'MaskToImage', 'ImageBatch', 'SaveImage', 'PreviewImage'],
];

/** Our check of a graph before it is sent, and what the server makes of the graph. */
export function preflight(guarantee: Guarantee): void {
  guarantee('our check and the server agree on graphs of every kind', async (comfy) => {
    const graphs = drawGraphs(comfy).filter(({ graph }) => !couldEndWorker(graph, comfy));
    const differing: unknown[] = [];
    let accepted = 0;
    for (const { graph, ...drawn } of graphs) {
      const issues = checkGraph(graph, comfy.nodeClasses);
      const { id, result } = await comfy.submit(graph as Graph);
      const verdict = await verdictOn(comfy, id, result);
      await comfy.forget(id);
      if (result.outcome === 'accepted') accepted += 1;
      const isAgreed = issues.length === 0 ? result.outcome === 'accepted' : verdict !== 'runs';
      if (!isAgreed) differing.push({ ...drawn, seed: SEED, graph, issues, result });
    }
    const { length } = graphs;
    comfy.observe('graphs judged as by our check', length, length - differing.length);
    expect(differing).toEqual([]);
    expect(accepted).toBeGreaterThan(length / 10);
  });

  const refuses = (what: string, harmful: Partial<Graph[string]>) => {
    guarantee(`our check refuses what a server accepts and dies of: ${what}`, (comfy) => {
      const graph = { ...picture(), 7: { class_type: 'PreviewImage', ...harmful } };
      expect(couldEndWorker(graph, comfy)).toBe(true);
      const issues = checkGraph(graph, comfy.nodeClasses);
      expect(issues).toContainEqual(expect.objectContaining({ nodeId: '7' }));
      return Promise.resolve();
    });
  };
  refuses('a node without inputs', {});
  refuses('a link in an input that its node lacks', {
    inputs: { images: ['1', 0], unheard_of: ['77', 0] },
  });
}

/** Graphs of which about half are valid, with all their files below the folder of this suite. */
function drawGraphs(comfy: Visit) {
  const isKnown = (graph: Graph) =>
    Object.values(graph).every(({ class_type }) => comfy.has(class_type));
  const bases = modelFreeGraphs().filter(isKnown);
  const classNames = HARMLESS.filter((name) => comfy.has(name));
  const drawn = fc.sample(mutatedGraph(bases, classNames), { seed: SEED, numRuns: GRAPHS });
  return drawn.map(({ graph, mutations }, at) => ({ at, mutations, graph: withOwnFiles(graph) }));
}

function withOwnFiles(graph: unknown): unknown {
  const copy: unknown = structuredClone(graph);
  for (const { inputs } of nodesOf(copy)) {
    if (Object.hasOwn(inputs, PREFIX_FIELD)) inputs[PREFIX_FIELD] = freshPrefix();
  }
  return copy;
}

/** What the server makes of a graph: a check may refuse what is accepted and fails. */
async function verdictOn(comfy: Visit, id: string, { outcome }: SubmitResult) {
  if (outcome !== 'accepted') return 'refused';
  return (await comfy.ended(id)).outcome === 'success' ? 'runs' : 'fails';
}
