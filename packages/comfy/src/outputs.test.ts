import { deliverables, filesOf, isFile, type NodeOutputs } from './outputs';

const item = (filename: string, type = 'output', more: object = {}) => ({
  filename,
  subfolder: 'af/1',
  type,
  ...more,
});

const filesIn = (outputs: NodeOutputs) => deliverables(outputs).filter(isFile);

test('pitfall 18: temp files are no deliverables beside real outputs', () => {
  const files = filesIn({
    '4': { images: [item('t.png', 'temp')] },
    '3': { images: [item('o.png')] },
  });
  expect(files.map(({ filename }) => filename)).toEqual(['o.png']);
});

test('temp files are delivered when there is nothing else', () => {
  expect(deliverables({ '4': { images: [item('t.png', 'temp')] } })).toMatchObject([
    { type: 'temp' },
  ]);
});

test('shown inputs are never delivered', () => {
  expect(deliverables({ '4': { images: [item('i.png', 'input')] } })).toEqual([]);
});

test('files are found under any key, among anything else', () => {
  const files = filesIn({
    '10': {
      gifs: [item('a.mp4', 'output', { fullpath: '/x/a.mp4', metadata: { kind: 'video' } })],
      animated: [true],
    },
    '2': { audio: [item('b.flac')], text: ['hello'], result: item('mesh.glb'), odd: null },
    '3': null,
    '5': 'text',
  });
  expect(files.map(({ nodeId, kind, filename }) => [nodeId, kind, filename])).toEqual([
    ['2', 'audio', 'b.flac'],
    ['2', 'model3d', 'mesh.glb'],
    ['10', 'video', 'a.mp4'],
  ]);
  expect(Object.keys(files[2]!)).toEqual(['nodeId', 'kind', 'filename', 'subfolder', 'type']);
});

test('a batch stays in the order of its node', () => {
  const files = filesIn({ '9': { images: [item('b.png'), item('a.png')] } });
  expect(files.map(({ filename }) => filename)).toEqual(['b.png', 'a.png']);
});

test.each([
  ['image', 'a.png b.JPEG c.webp d.gif e.exr'],
  ['video', 'a.mp4 b.webm c.mkv'],
  ['audio', 'a.flac b.mp3 c.opus'],
  ['text', 'a.txt b.json c.srt'],
  ['model3d', 'a.glb b.gltf c.obj d.usdz e.ply f.stl g.splat'],
  ['other', 'a.latent b.safetensors c'],
])('a file is %s by its name', (kind, names) => {
  for (const name of names.split(' ')) {
    expect(filesOf('1', { result: [item(name)] })).toMatchObject([{ kind, filename: name }]);
  }
});

test('a shown text is delivered, beside files or alone', () => {
  const text = { nodeId: '7', kind: 'text', text: 'a cat' };
  expect(deliverables({ '7': { text: ['a cat'] } })).toEqual([text]);
  expect(deliverables({ '7': { text: 'a cat' }, '9': { images: [item('o.png')] } })).toMatchObject([
    text,
    { kind: 'image' },
  ]);
  expect(deliverables({ '7': { text: ['half \ud800 and \0'] } })).toMatchObject([
    { text: 'half \ufffd and \ufffd' },
  ]);
});

test('new keys of an item, and odd values anywhere, are no matter', () => {
  const newer = { id: 'asset', preview_id: null, metadata: { kind: 'image', width: 8 } };
  const odd = {
    text: [null, 5, ['nested']],
    images: 'x',
    gifs: [[item('n.mp4')]],
    a: null,
    b: [[]],
  };
  expect(
    deliverables({
      '1': {
        images: [item('a.png', 'output', newer), item('b.png', 'output', { subfolder: null })],
      },
      '2': odd,
    }),
  ).toMatchObject([
    { kind: 'image', filename: 'a.png' },
    { kind: 'image', filename: 'b.png', subfolder: '' },
    { kind: 'video', filename: 'n.mp4' },
    { kind: 'text', text: 'nested' },
  ]);
});
