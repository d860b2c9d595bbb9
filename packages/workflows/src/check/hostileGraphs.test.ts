import { chain, emptyImage, node, onePicture, preview } from '../fixtures/graphs';
import { testCatalog } from '../fixtures/testCatalog';
import { checkGraph } from './checkGraph';

const catalog = testCatalog();

test('names of the prototype are names like any other', () => {
  const text = `{"__proto__": ${JSON.stringify(emptyImage())}, "constructor": ${JSON.stringify(preview(['__proto__', 0]))}}`;
  expect(checkGraph(JSON.parse(text), catalog)).toEqual([]);
  expect(checkGraph({ 9: preview(['toString', 0]) }, catalog)).toMatchObject([
    { code: 'broken_link' },
  ]);
  expect(checkGraph({ 9: node('constructor', {}) }, catalog)).toMatchObject([
    { code: 'unknown_node' },
  ]);
});

test('a chain of 900 nodes is accepted, a ring of 2,000 is refused', () => {
  expect(checkGraph(chain(900), catalog)).toEqual([]);
  const ring = chain(2000);
  ring[0] = node('ImageInvert', { image: ['1998', 0] });
  expect(checkGraph(ring, catalog).map(({ code }) => code)).toContain('cycle');
});

test('2,000 nodes that each need many others, with as many wrong names, are judged', () => {
  const many: Record<string, unknown> = { 9: preview(['a0', 0]) };
  for (let n = 0; n < 1999; n += 1) {
    const row = Array.from({ length: 50 }, (_, k) => [
      `images.image${k}`,
      [`a${(n * 7 + k) % 1999}`, 0],
    ]);
    many[`a${n}`] =
      n % 2
        ? node('BatchImagesNode', Object.fromEntries(row) as Record<string, unknown>)
        : node(`Nonsense${n}`, Object.fromEntries(row) as Record<string, unknown>);
  }
  expect(checkGraph(many, catalog)).toHaveLength(100);
});

test('huge and deep values are neither shown whole nor walked into', () => {
  let deep: unknown = 1;
  for (let n = 0; n < 100_000; n += 1) deep = [deep];
  const graph = onePicture({
    width: 'x'.repeat(5_000_000),
    height: { __value__: deep },
    color: { __value__: 1 },
  });
  for (const { message, given } of checkGraph(graph, catalog)) {
    expect(message.length + (given ?? '').length).toBeLessThan(500);
  }
});

test('a malformed catalog is read as far as it goes', () => {
  for (const odd of [{}, { input: null }, { input: { required: { a: 5, b: [] } }, output: 'x' }]) {
    const graph = { 1: node('Odd', { a: 1 }), 9: preview(['1', 0]) };
    expect(checkGraph(graph, { ...catalog, Odd: odd })).toMatchObject([{ code: 'broken_link' }]);
  }
  expect(checkGraph(onePicture(), { EmptyImage: null })).toHaveLength(2);
});

test('2,000 wrong names and 5,000 models: what is said of the first is not searched for all', () => {
  const models = Array.from(
    { length: 5000 },
    (_, n) => `folder/some_model_of_version_${n}.safetensors`,
  );
  const loader = { input: { required: { ckpt_name: [models] } }, output: [], output_node: true };
  const nodes = Array.from({ length: 2000 }, (_, n) =>
    node('CheckpointLoaderSimple', { ckpt_name: `some_model_of_version_${n}x.safetensors` }),
  );
  const issues = checkGraph(Object.fromEntries(nodes.entries()), {
    CheckpointLoaderSimple: loader,
  });
  expect(issues).toHaveLength(100);
  expect(issues.filter(({ nearest }) => nearest.length > 0).length).toBeLessThan(10);
  expect(issues[0]?.nearest[0]).toBe('folder/some_model_of_version_0.safetensors');
});

describe('what is not theirs', () => {
  const codesOf = (spec: unknown[], value: unknown, field = 'x') => {
    const Reader = { input: { required: { [field]: spec } }, output: ['IMAGE'], output_node: true };
    const graph = { 1: node('Reader', { [field]: value }) };
    return checkGraph(graph, { ...catalog, Reader }).map(({ code }) => code);
  };

  test.each([
    ['an upload that a list offers', [['af/0123.png'], {}], 'af/0123.png'],
    ['an upload of somebody', ['STRING', { image_upload: true }], 'af/0123.png'],
    ['a path, where a camera picture belongs', ['WEBCAM', {}], '/etc/x.png'],
    ['an output, where a sound belongs', ['AUDIO_RECORD', {}], 'a.flac [output]'],
    ['an object with paths', ['LOAD_3D', {}], { image: '/etc/x.png' }],
  ])('%s is not read', (_what, spec, x) => {
    expect(codesOf(spec, x)).toHaveLength(1);
  });

  test('the folder of uploads is closed, the language of that name is a choice like any other', () => {
    expect(codesOf([['af', 'en'], {}], 'af', 'folder')).toEqual(['unsafe_name']);
    expect(codesOf([['af', 'en'], {}], 'af', 'language')).toEqual([]);
  });

  test('a list of more choices than anybody means is refused at once', () => {
    const spec = ['COMBO', { options: ['a'], multiselect: true }];
    expect(codesOf(spec, { __value__: Array(100_000).fill('a') })).toEqual(['value_out_of_range']);
  });
});
