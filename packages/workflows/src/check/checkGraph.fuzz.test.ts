import fc from 'fast-check';
import { modelFreeGraphs } from '../fixtures/modelFreeGraphs';
import { mutatedGraph } from '../fixtures/mutateGraph';
import { testCatalog } from '../fixtures/testCatalog';
import { checkGraph } from './checkGraph';
import { GRAPH_ISSUE_CODES } from './graphIssue';

const catalog = testCatalog();
const SEED = 20;

test('6,000 mutated graphs: every one is judged, and about half are good', () => {
  const verdicts: boolean[] = [];
  const mutated = mutatedGraph(modelFreeGraphs(), Object.keys(catalog));
  const judged = fc.property(mutated, ({ graph }) => {
    const issues = checkGraph(graph, catalog);
    verdicts.push(issues.length === 0);
    return issues.every(({ code, message }) => GRAPH_ISSUE_CODES.includes(code) && message !== '');
  });
  fc.assert(judged, { numRuns: 6000, seed: SEED });

  const share = verdicts.filter(Boolean).length / verdicts.length;
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.65);
});

test('whatever JSON can hold is judged', () => {
  const judged = fc.property(fc.jsonValue({ maxDepth: 4 }), (graph) => {
    expect(checkGraph(graph, catalog).length).toBeGreaterThan(0);
  });
  fc.assert(judged, { numRuns: 500, seed: SEED });
});

test('a catalog of any shape is read', () => {
  const [graph] = modelFreeGraphs();
  const definitions = fc.dictionary(
    fc.constantFrom('EmptyImage', 'ImageScale', 'ImageInvert', 'SaveImage'),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const judged = fc.property(definitions, (odd) => Array.isArray(checkGraph(graph, odd)));
  fc.assert(judged, { numRuns: 500, seed: SEED });
});
