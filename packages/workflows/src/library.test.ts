import { heavyModels, type Graph } from '@avatarforge/core';
import { bindWorkflow } from './bind';
import { checkGraph } from './check/checkGraph';
import { testCatalog } from './fixtures/testCatalog';
import { loadWorkflows, type Workflow } from './library';
import { targetsOf, type WorkflowInput } from './manifest';
import { checkpointFor, loadModels } from './models';

const workflows = [...loadWorkflows().values()];
const catalog = testCatalog();

/** The ends of what an input accepts, and what lies just outside. */
function corners(input: WorkflowInput): { good: unknown[]; bad: unknown[] } {
  switch (input.type) {
    case 'text':
      return { good: ['', 'a', '"\\\n{}'], bad: [7, null] };
    case 'model':
      return { good: [input.default ?? 'anything-v5-PrtRE.safetensors'], bad: ['', 7] };
    case 'image':
      return { good: ['a.png'], bad: ['', 7, undefined] };
    case 'integer':
      return { good: [input.min, input.max], bad: [input.min - 1, input.max + 1, 1.5, '1'] };
    case 'number':
      return { good: [input.min, input.max], bad: [input.min - 0.1, input.max + 0.1, '1', NaN] };
    case 'choice':
      return { good: input.options, bad: ['no such', ''] };
  }
}

const usual = (workflow: Workflow) =>
  Object.fromEntries(
    Object.entries(workflow.inputs).map(([name, input]) => [name, corners(input).good[0]]),
  );

/** Only what has no default. */
const least = ({ inputs }: Workflow) =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([, input]) => !('default' in input))
      .map(([name, input]) => [name, corners(input).good[0]]),
  );

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const valueAt = (graph: Graph, { node, field }: { node: string; field: string }) =>
  graph[node]?.inputs[field];

test('the library holds what requests are drawn with', () => {
  expect(workflows.map(({ id, family }) => `${id}: ${family}`)).toEqual([
    'hires-fix-sd15: sd15',
    'image-to-image-sd15: sd15',
    'pose-reference-sd15: sd15',
    'pose-sd15: sd15',
    'pose-skeleton-sd15: sd15',
    'reference-sd15: sd15',
    'text-to-image-flux: flux',
    'text-to-image-sd15: sd15',
    'text-to-image-sdxl: sdxl',
  ]);
});

describe.each(workflows)('$id', (workflow) => {
  const inputs = Object.entries(workflow.inputs);

  test.each(inputs)(
    '%s: every corner is bound wherever it belongs, and ComfyUI accepts it',
    (name, input) => {
      for (const value of corners(input).good) {
        const { graph } = bindWorkflow(workflow, { ...usual(workflow), [name]: value });
        expect(targetsOf(input).map((target) => valueAt(graph, target))).toEqual(
          targetsOf(input).map(() => value),
        );
        expect(checkGraph(graph, catalog)).toEqual([]);
      }
    },
  );

  test.each(inputs)('%s: a value outside is refused by name', (name, input) => {
    for (const value of corners(input).bad) {
      const bind = () => bindWorkflow(workflow, { ...usual(workflow), [name]: value });
      expect(errorOf(bind)).toMatchObject({
        code: 'validation_failed',
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: `/${name}` }),
        ]) as unknown,
      });
    }
  });

  test('the defaults draw a picture, and are what the graph says without being bound', () => {
    const { graph, inputs: used } = bindWorkflow(workflow, least(workflow));
    expect(checkGraph(graph, catalog)).toEqual([]);
    const defaults = inputs.filter(([, { type }]) => type !== 'model' && type !== 'text');
    for (const [name, input] of defaults.filter(([, input]) => 'default' in input)) {
      expect([name, valueAt(workflow.graph, input)]).toEqual([name, used[name]]);
    }
  });

  test('no two inputs are bound to one place', () => {
    const places = inputs.flatMap(([, input]) =>
      targetsOf(input).map(({ node, field }) => `${node}.${field}`),
    );
    expect(new Set(places).size).toBe(places.length);
  });

  test('pictures are named by their role', () => {
    const pictures = inputs.filter(([, { type }]) => type === 'image').map(([name]) => name);
    expect(['image', 'pose', 'reference']).toEqual(expect.arrayContaining(pictures));
  });

  test('pitfall 14: seeds are numbers that JSON keeps exactly', () => {
    expect(workflow.inputs['seed']).toMatchObject({ min: 0, max: Number.MAX_SAFE_INTEGER });
  });

  test('binding leaves the library as it was', () => {
    const before = structuredClone(workflow.graph);
    bindWorkflow(workflow, usual(workflow));
    expect(workflow.graph).toEqual(before);
  });

  test('the model that the samplers run decides the lane', () => {
    const model = workflow.family === 'flux' ? 'unet' : 'checkpoint';
    const { graph } = bindWorkflow(workflow, { ...usual(workflow), [model]: 'x.safetensors' });
    expect(heavyModels(graph)).toEqual(['x.safetensors']);
  });
});

test('an input that the manifest does not name is refused', () => {
  const workflow = workflows[0]!;
  expect(() => bindWorkflow(workflow, { ...usual(workflow), nonsense: 1 })).toThrow(
    'does not accept',
  );
});

test('models.yaml names the files that workflows load by default', () => {
  const { models } = loadModels();
  const openpose_sd15 = 'mine.safetensors';
  const mine = loadWorkflows({ models: { ...models, openpose_sd15 } });
  expect(mine.get('pose-sd15')?.inputs['controlnet']).toMatchObject({ default: openpose_sd15 });
  const none = loadWorkflows({ models: {} }).get('pose-sd15');
  expect(none?.inputs['controlnet']).not.toHaveProperty('default');
});

test('realism and view pick the checkpoint', () => {
  const models = loadModels();
  models.checkpoints.views = { back: { anime: 'back.safetensors' } };
  expect(checkpointFor(models, true, null)).toBe(models.checkpoints.realistic);
  expect(checkpointFor(models, false, 'front')).toBe(models.checkpoints.anime);
  expect(checkpointFor(models, false, 'back')).toBe('back.safetensors');
  expect(checkpointFor(models, true, 'back')).toBe(models.checkpoints.realistic);
});
