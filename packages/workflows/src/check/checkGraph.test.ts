import { chain, emptyImage, loaded, node, onePicture, preview, resized } from '../fixtures/graphs';
import { modelFreeGraphs } from '../fixtures/modelFreeGraphs';
import { testCatalog } from '../fixtures/testCatalog';
import { checkGraph, type CheckOptions } from './checkGraph';
import { GRAPH_ISSUE_CODES, type GraphIssueCode } from './graphIssue';

const catalog = testCatalog();

/** A graph that is wrong in one way: what is said of it, and where. */
const wrong: Record<GraphIssueCode, { graph: unknown; options?: CheckOptions; says: unknown }> = {
  not_a_graph: { graph: [], says: { nodeId: null } },
  ui_format: {
    graph: { nodes: [{ id: 1, type: 'KSampler' }], links: [], version: 0.4 },
    says: { message: expect.stringContaining('Export (API)') as unknown },
  },
  too_many_nodes: {
    graph: onePicture(),
    options: { maxNodes: 1 },
    says: { message: 'The graph has 2 nodes; at most 1 are accepted.' },
  },
  malformed_node: { graph: { 1: { inputs: {} } }, says: { nodeId: '1', nodeType: null } },
  no_outputs: { graph: { 1: emptyImage() }, says: { nodeId: null } },
  unknown_node: {
    graph: { ...onePicture(), 5: node('ImageInvret', {}) },
    says: {
      nodeId: '5',
      nodeType: 'ImageInvret',
      field: null,
      nearest: ['ImageInvert', 'ImageScale', 'ImageBlur'],
    },
  },
  required_input_missing: {
    graph: { 1: node('EmptyImage', { width: 1, height: 1, color: 0 }), 9: preview(['1', 0]) },
    says: { nodeId: '1', field: 'batch_size', given: null },
  },
  wrong_type: {
    graph: onePicture({ width: 'wide' }),
    says: { message: 'Node 1 (EmptyImage): width takes a whole number, not “wide”.' },
  },
  value_out_of_range: {
    graph: onePicture({ width: 99_999 }),
    says: { message: 'Node 1 (EmptyImage): width is 99999; it must be at most 16384.' },
  },
  value_not_in_list: {
    graph: resized({ resize_type: 'scale width', 'resize_type.width': 8, scale_method: 'lanczoz' }),
    says: { field: 'scale_method', given: 'lanczoz', nearest: ['lanczos'] },
  },
  missing_model: {
    graph: {
      4: node('CheckpointLoaderSimple', { ckpt_name: 'anything_v5_PrtRE.ckpt' }),
      5: node('PreviewAny', { source: ['4', 0] }),
    },
    says: {
      nearest: ['anything-v5-PrtRE.safetensors'],
      message:
        'Node 4 (CheckpointLoaderSimple): no checkpoint “anything_v5_PrtRE.ckpt”; the nearest is “anything-v5-PrtRE.safetensors”.',
    },
  },
  missing_file: { graph: loaded('other.png'), says: { field: 'image', given: 'other.png' } },
  unsafe_name: { graph: loaded('../a.png'), says: { field: 'image', given: '../a.png' } },
  unsafe_node: {
    graph: { 1: node('LoadTrainingDataset', { folder_name: '/' }), 9: onePicture()['9']! },
    says: { nodeId: '1', given: 'LoadTrainingDataset' },
  },
  broken_link: {
    graph: { 9: preview(['7', 0]) },
    says: { message: 'Node 9 (PreviewImage): images is linked to node “7”, which there is not.' },
  },
  wrong_link_type: {
    graph: {
      1: emptyImage(),
      2: node('ImageToMask', { image: ['1', 0], channel: 'red' }),
      9: preview(['2', 0]),
    },
    says: { message: 'Node 9 (PreviewImage): images takes IMAGE, not MASK.', given: 'MASK' },
  },
  cycle: {
    graph: {
      1: node('ImageInvert', { image: ['2', 0] }),
      2: node('ImageInvert', { image: ['1', 0] }),
      9: preview(['1', 0]),
    },
    says: { message: 'Node 1 (ImageInvert): it needs its own output: 1 ← 2 ← 1.' },
  },
  chain_too_long: { graph: chain(901), says: { nodeId: 'end', given: '901' } },
};

test.each(GRAPH_ISSUE_CODES)('%s is named, with its place and what stands there', (code) => {
  const { graph, options, says } = wrong[code];
  expect(checkGraph(graph, catalog, options)).toEqual([
    expect.objectContaining({ code, ...(says as object) }),
  ]);
});

test.each(modelFreeGraphs())('a graph that ComfyUI accepts has no issues (%#)', (graph) => {
  expect(checkGraph(graph, catalog)).toEqual([]);
});

describe('values are converted as ComfyUI does', () => {
  test.each([7, 16.9, '7', ' 1_6 ', '+16', '007', true, { __value__: 16 }])('INT %j', (value) => {
    expect(checkGraph(onePicture({ width: value }), catalog)).toEqual([]);
  });

  test.each(['', '16.0', '0x10', '1__6', null, {}, { __value__: [1] }, Infinity])(
    'no INT: %j',
    (value) => {
      expect(checkGraph(onePicture({ width: value }), catalog)).toMatchObject([
        { code: 'wrong_type', field: 'width' },
      ]);
    },
  );

  const scaled = (factor: unknown) =>
    resized({ resize_type: 'scale by multiplier', 'resize_type.multiplier': factor });

  test.each([1, '1', '.5', '5.', '1e0', '1_0e-1', 'nan', true])('FLOAT %j', (value) => {
    expect(checkGraph(scaled(value), catalog)).toEqual([]);
  });

  test.each(['inf', '-1', 9, 0])('FLOAT out of range: %j', (value) => {
    expect(checkGraph(scaled(value), catalog)).toMatchObject([
      { code: 'value_out_of_range', field: 'resize_type.multiplier' },
    ]);
  });

  test('a literal where a link belongs is left to the node, as ComfyUI leaves it', () => {
    expect(checkGraph({ 9: preview(null) }, catalog)).toEqual([]);
  });

  test('pitfall 14: a seed past 2^53 is exact as a text, and refused where rounding made it too big', () => {
    const seeded = { Seeded: definition({ seed: ['INT', { min: 0, max: 2 ** 64 }] }) };
    const issuesOf = (seed: unknown) => checkGraph({ 1: node('Seeded', { seed }) }, seeded);
    expect(issuesOf(2 ** 53)).toEqual([]);
    expect(issuesOf('18446744073709551615')).toEqual([]);
    expect(issuesOf(2 ** 64)).toMatchObject([{ code: 'value_out_of_range' }]);
  });
});

/** An output node with these required inputs. */
function definition(required: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return {
    input: { required },
    output: ['INT', ['a', 'b'], 'IMAGE,MASK'],
    output_node: true,
    ...more,
  };
}

describe('choices', () => {
  const choosing = (...spec: unknown[]) => ({ Choosing: definition({ choice: spec }) });
  const issuesOf = (value: unknown, ...spec: unknown[]) =>
    checkGraph({ 1: node('Choosing', { choice: value }) }, choosing(...spec));

  test.each([
    ['the old form', [['a', 'b']]],
    ['the new form', ['COMBO', { options: ['a', 'b'] }]],
    ['with a table of options', ['COMBO', { options: { a: 1, b: 2 } }]],
  ])('%s', (_, spec) => {
    expect(issuesOf('b', ...spec)).toEqual([]);
    expect(issuesOf('c', ...spec)).toMatchObject([
      { code: 'value_not_in_list', message: expect.stringContaining('“a” and “b”') as unknown },
    ]);
  });

  test('a class that takes other values than it lists is left to judge them', () => {
    const open = { CustomCombo: definition({ choice: ['COMBO', { options: [] }] }) };
    expect(checkGraph({ 1: node('CustomCombo', { choice: 'mine' }) }, open)).toEqual([]);
  });

  test('several at once, where the list allows it', () => {
    const spec = ['COMBO', { options: ['a', 'b', 'c'], multiselect: true }];
    expect(issuesOf({ __value__: ['a', 'c'] }, ...spec)).toEqual([]);
    expect(issuesOf({ __value__: ['a', 'x'] }, ...spec)).toMatchObject([{ given: 'x' }]);
  });

  test('true is 1, as Python has it, and “1” is not', () => {
    expect(issuesOf(true, [1, 2])).toEqual([]);
    expect(issuesOf('1', [1, 2])).toHaveLength(1);
  });

  test('a list that is fetched later is not judged', () => {
    expect(issuesOf('x', 'COMBO', { remote: { route: '/x' } })).toEqual([]);
  });

  test('a dynamic choice brings the inputs of its variant', () => {
    expect(checkGraph(resized({ resize_type: 'scale width' }), catalog)).toMatchObject([
      { code: 'required_input_missing', field: 'resize_type.width' },
    ]);
    expect(checkGraph(resized({ resize_type: 'scale widht' }), catalog)).toMatchObject([
      { code: 'value_not_in_list', nearest: expect.arrayContaining(['scale width']) as unknown },
    ]);
  });

  test('a growing input requires its first ones', () => {
    const batch = (inputs: Record<string, unknown>) =>
      checkGraph(
        { 1: emptyImage(), 2: node('BatchImagesNode', inputs), 9: preview(['2', 0]) },
        catalog,
      );
    expect(batch({ 'images.image0': ['1', 0], 'images.image7': ['1', 0] })).toEqual([]);
    expect(batch({ 'images.image1': ['1', 0] })).toMatchObject([{ field: 'images.image0' }]);
  });
});

describe('links', () => {
  const takes = (type: unknown) => ({ Taking: definition({ it: [type] }) });
  const issuesOf = (slot: unknown, type: unknown) =>
    checkGraph(
      { 1: node('Taking', { it: 0 }), 2: node('Taking', { it: ['1', slot] }) },
      takes(type),
    );

  test.each([
    [0, '*'],
    [0, 'COMFY_MATCHTYPE_V3'],
    [1, 'COMBO'],
    [1, ['a', 'b']],
    [2, 'MASK, LATENT'],
    [-1, 'IMAGE'],
    [true, 'COMBO'],
  ])('slot %j goes into %j', (slot, type) => {
    expect(issuesOf(slot, type).filter(({ code }) => code.includes('link'))).toEqual([]);
  });

  test.each([
    [0, 'INTEGER', 'wrong_link_type'],
    [1, ['a', 'c'], 'wrong_link_type'],
    [0, 'COMBO', 'wrong_link_type'],
    [3, '*', 'broken_link'],
    [-4, '*', 'broken_link'],
    [0.5, '*', 'broken_link'],
    ['0', '*', 'broken_link'],
    [null, '*', 'broken_link'],
  ])('slot %j does not go into %j', (slot, type, code) => {
    expect(issuesOf(slot, type)).toContainEqual(expect.objectContaining({ nodeId: '2', code }));
  });

  test.each([[[]], [['1']], [[1, 0]], [['1', 0, 0]], [[['1'], 0]]])('%j is no link', (link) => {
    const graph = { 1: emptyImage(), 9: preview(link) };
    expect(checkGraph(graph, catalog)).toMatchObject([{ code: 'broken_link' }]);
  });
});

describe('links that ComfyUI follows without validating them', () => {
  const stray = (link: unknown) => onePicture({ unheard_of: link });

  test('one to a missing node is refused: it would end the worker of the instance', () => {
    expect(checkGraph(stray(['77', 0]), catalog)).toMatchObject([
      { code: 'broken_link', nodeId: '1', field: 'unheard_of', given: '77' },
    ]);
  });

  test('one to a node makes that node count, and a ring of them is a cycle', () => {
    const spare = { 5: emptyImage({ width: 0 }) };
    expect(checkGraph({ ...stray(['5', 0]), ...spare }, catalog)).toMatchObject([
      { code: 'value_out_of_range', nodeId: '5' },
    ]);
    expect(checkGraph(stray(['9', 0]), catalog)).toMatchObject([{ code: 'cycle' }]);
  });

  test('a wrapped one is refused where it would be a link again', () => {
    const wrapped = { __value__: ['77', 0] };
    expect(checkGraph({ 9: preview(wrapped) }, catalog)).toMatchObject([{ code: 'broken_link' }]);
  });

  test.each([['77'], [['77', '0']], [[77, 0]], [['77', 0, 0]]])('%j is none', (value) => {
    expect(checkGraph(stray(value), catalog)).toEqual([]);
  });
});

describe('which nodes count', () => {
  test('inputs of nodes that no output needs are not judged, their class is', () => {
    const spare = { 5: node('EmptyImage', {}), 6: node('ImageInvert', { image: ['99', 0] }) };
    expect(checkGraph({ ...onePicture(), ...spare }, catalog)).toEqual([]);
    const unknown = { ...onePicture(), 5: node('Nonsense', {}) };
    expect(checkGraph(unknown, catalog)).toMatchObject([{ code: 'unknown_node' }]);
  });

  test('one bad output of two is one too many', () => {
    expect(checkGraph({ ...onePicture(), 8: preview(['99', 0]) }, catalog)).toMatchObject([
      { nodeId: '8', code: 'broken_link' },
    ]);
  });

  test('pitfall 26: every missing node class is named at once, and what is wrong behind it', () => {
    const graph = {
      1: emptyImage({ width: 0 }),
      2: node('IPAdapterAdvancd', { image: ['1', 0] }),
      3: node('FaceDetailer', { image: ['2', 0] }),
      9: preview(['3', 0]),
    };
    const issues = checkGraph(graph, catalog);
    expect(issues.map(({ nodeId, code }) => [nodeId, code])).toEqual([
      ['2', 'unknown_node'],
      ['3', 'unknown_node'],
      ['1', 'value_out_of_range'],
    ]);
    expect(issues[0]?.nearest).toEqual(['IPAdapterAdvanced']);
  });
});

describe('what is replaced before dispatch', () => {
  test('a file name that is uploaded first is not judged', () => {
    const uploads = [{ node: '1', field: 'image' }];
    for (const name of ['', 'x.png', '../x', 5, ['7', 0]]) {
      expect(checkGraph(loaded(name), catalog, { uploads })).toEqual([]);
    }
    expect(checkGraph(loaded('x.png'), catalog)).toMatchObject([{ code: 'missing_file' }]);
  });

  test('a file that is there may be named, with its folder too', () => {
    expect(checkGraph(loaded('a.png'), catalog)).toEqual([]);
    expect(checkGraph(loaded('a.png [input]'), catalog)).toEqual([]);
  });

  test('a file name without a list must be safe', () => {
    const free = { Painter: definition({ mask: ['STRING', { image_upload: true }] }) };
    const issuesOf = (mask: string) => checkGraph({ 1: node('Painter', { mask }) }, free);
    expect(issuesOf('drawn.png')).toEqual([]);
    expect(issuesOf('../drawn.png')).toMatchObject([{ code: 'unsafe_name' }]);
  });

  test('filename_prefix may be anything, but not absent', () => {
    const saved = (inputs: Record<string, unknown>) => ({
      1: emptyImage(),
      9: node('SaveImage', { images: ['1', 0], ...inputs }),
    });
    expect(checkGraph(saved({ filename_prefix: '../../etc' }), catalog)).toEqual([]);
    expect(checkGraph(saved({ filename_prefix: ['9', 0] }), catalog)).toEqual([]);
    expect(checkGraph(saved({}), catalog)).toMatchObject([{ code: 'required_input_missing' }]);
  });
});

test.each([
  'a/../../b.png',
  '..',
  '/etc/passwd',
  '\\\\host\\x',
  'a\\b.png',
  'a\0.png',
  'a.png [output]',
  'a.png[temp]',
])('pitfall 25: the file name %j is not passed on', (name) => {
  expect(checkGraph(loaded(name), catalog)).toMatchObject([{ code: 'unsafe_name' }]);
  const masked = {
    1: node('LoadImageMask', { image: name, channel: 'red' }),
    9: node('PreviewAny', { source: ['1', 0] }),
  };
  expect(checkGraph(masked, catalog)).toMatchObject([{ code: 'unsafe_name' }]);
});

test('pitfall 20: a model file that the instance lacks is named, and so is one where it has none', () => {
  const flux = {
    1: node('UNETLoader', { unet_name: 'flux1-schnell.safetensors', weight_dtype: 'default' }),
    9: node('PreviewAny', { source: ['1', 0] }),
  };
  expect(checkGraph(flux, catalog)).toMatchObject([
    { code: 'missing_model', nearest: ['flux1-dev.safetensors'] },
  ]);
  const empty = {
    ...catalog,
    UNETLoader: { input: { required: { unet_name: [[]] } }, output: ['MODEL'] },
  };
  expect(checkGraph(flux, empty)).toMatchObject([
    { message: expect.stringContaining('this instance has none') as unknown },
  ]);
});

describe('without a catalog', () => {
  const codes = (graph: unknown) => checkGraph(graph, null).map(({ code }) => code);
  const save = (inputs: object) => ({ '9': { class_type: 'Anything', inputs } });

  test.each([
    [save({ images: ['8', 0] }), ['broken_link']],
    [save({ images: ['9', 0] }), ['cycle']],
    [{ nodes: [], links: [] }, ['ui_format']],
    [{ '9': { class_type: 'Anything' } }, ['malformed_node']],
  ])('%j is refused', (graph, expected) => {
    expect(codes(graph)).toEqual(expected);
  });

  test('what only an instance can tell is left to it', () => {
    const source = { '8': { class_type: 'Something', inputs: { width: -1 } } };
    expect(codes({ ...save({ images: ['8', 7], text: 'x' }), ...source })).toEqual([]);
  });
});
