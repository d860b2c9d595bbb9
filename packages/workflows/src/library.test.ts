import { heavyModels } from '@avatarforge/core';
import { bindWorkflow, withOutputPrefix } from './bind';
import { loadWorkflows, type Workflow } from './library';
import { checkpointFor, loadModels } from './models';
import type { WorkflowInput } from './manifest';

const workflows = [...loadWorkflows().values()];

/** The ends of what an input accepts, and what lies just outside. */
function corners(input: WorkflowInput): { good: unknown[]; bad: unknown[] } {
  switch (input.type) {
    case 'text':
      return { good: ['', 'a', '"\\\n{}'], bad: [7, null] };
    case 'model':
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

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(workflows)('$id', (workflow) => {
  const inputs = Object.entries(workflow.inputs);

  test.each(inputs)('%s: every corner is bound at its node and field', (name, input) => {
    for (const value of corners(input).good) {
      const { graph } = bindWorkflow(workflow, { ...usual(workflow), [name]: value });
      expect(graph[input.node]?.inputs[input.field]).toEqual(value);
    }
  });

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

  test('links lead to nodes of the graph', () => {
    const links = Object.values(workflow.graph)
      .flatMap((node) => Object.values(node.inputs))
      .filter((value): value is [string, number] => Array.isArray(value));
    expect(links.filter(([node]) => !(node in workflow.graph))).toEqual([]);
  });

  test('binding leaves the library as it was', () => {
    const before = structuredClone(workflow.graph);
    bindWorkflow(workflow, usual(workflow));
    expect(workflow.graph).toEqual(before);
  });

  test('the checkpoint decides the lane', () => {
    const { graph } = bindWorkflow(workflow, { ...usual(workflow), checkpoint: 'x.safetensors' });
    expect(heavyModels(graph)).toEqual(['x.safetensors']);
  });
});

test('an input that the manifest does not name is refused', () => {
  const workflow = workflows[0]!;
  expect(() => bindWorkflow(workflow, { ...usual(workflow), nonsense: 1 })).toThrow(
    'does not accept',
  );
});

test('every attempt writes under a prefix of its own', () => {
  const graph = { '1:2': { class_type: 'SaveImage', inputs: { filename_prefix: '../../etc/x' } } };
  const copy = withOutputPrefix(graph, 'af/attempt');
  expect(copy['1:2']?.inputs['filename_prefix']).toBe('af/attempt/1-2');
  expect(graph['1:2'].inputs.filename_prefix).toBe('../../etc/x');
});

test('realism and view pick the checkpoint', () => {
  const models = loadModels();
  models.checkpoints.views = { back: { anime: 'back.safetensors' } };
  expect(checkpointFor(models, true, null)).toBe(models.checkpoints.realistic);
  expect(checkpointFor(models, false, 'front')).toBe(models.checkpoints.anime);
  expect(checkpointFor(models, false, 'back')).toBe('back.safetensors');
  expect(checkpointFor(models, true, 'back')).toBe(models.checkpoints.realistic);
});
