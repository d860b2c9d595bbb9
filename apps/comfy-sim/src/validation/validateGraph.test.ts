import coreNodes from '../data/coreNodes.json';
import type { NodeCatalog } from '../catalog/nodeCatalog';
import { Folders } from '../files/folders';
import type { Graph } from '../graph';
import { profile033 } from '../profiles/profile033';
import { validateGraph, type ValidationSources } from './validateGraph';

const sources: ValidationSources = {
  catalog: coreNodes as unknown as NodeCatalog,
  folders: new Folders('/absent'),
  rules: profile033.validation,
  setOrder: [],
};

function pictureGraph(inputs: Graph[string]['inputs']): Graph {
  return {
    1: {
      class_type: 'EmptyImage',
      inputs: { width: 8, height: 8, batch_size: 1, color: 0, ...inputs },
    },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'a' } },
  };
}

function errorTypes(graph: Graph): string[] {
  const { nodeErrors } = validateGraph(graph, sources);
  return Object.values(nodeErrors).flatMap(({ errors }) => errors.map(({ type }) => type));
}

test('literals are converted in place', () => {
  const graph = pictureGraph({ width: '16', height: 8.9, color: true });
  expect(validateGraph(graph, sources)).toEqual({ nodeErrors: {}, outputs: ['2'] });
  expect(graph['1']?.inputs).toMatchObject({ width: 16, height: 8, color: 1 });
});

test.each([
  [{ width: 0 }, 'value_smaller_than_min'],
  [{ width: 99_999 }, 'value_bigger_than_max'],
  [{ width: 'wide' }, 'invalid_input_type'],
  [{ width: null }, 'invalid_input_type'],
  [{ width: ['1'] }, 'bad_linked_input'],
])('%j is a %s', (inputs, type) => {
  expect(errorTypes(pictureGraph(inputs))).toEqual([type]);
});

test('a number as node id in a link is a KeyError, as in Python', () => {
  const graph = pictureGraph({});
  graph['2'] = { class_type: 'SaveImage', inputs: { images: [1, 0], filename_prefix: 'a' } };
  const { nodeErrors } = validateGraph(graph, sources);
  expect(nodeErrors['2']?.errors[0]).toMatchObject({
    type: 'exception_during_validation',
    details: '1',
    extra_info: { exception_type: 'KeyError' },
  });
});

test('only the asked outputs are run', () => {
  const graph = {
    ...pictureGraph({}),
    3: { class_type: 'PreviewImage', inputs: { images: ['1', 0] } },
  };
  expect(validateGraph(graph, sources).outputs).toEqual(['2', '3']);
  expect(validateGraph(graph, { ...sources, setOrder: ['3'] }).outputs).toEqual(['3', '2']);
  expect(validateGraph(graph, sources, ['2']).outputs).toEqual(['2']);
  expect(validateGraph(graph, sources, ['1']).error?.type).toBe('prompt_no_outputs');
});

test('names of built-in members are no node classes', () => {
  const graph: Graph = { 1: { class_type: 'toString', inputs: {} } };
  expect(validateGraph(graph, sources).error?.type).toBe('missing_node_type');
});
