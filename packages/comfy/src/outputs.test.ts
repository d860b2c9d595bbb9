import { deliverables } from './outputs';

const item = (filename: string, type = 'output', more: object = {}) => ({
  filename,
  subfolder: 'af/1',
  type,
  ...more,
});

test('pitfall 18: temp files are no deliverables beside real outputs', () => {
  const files = deliverables({
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
  const files = deliverables({
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
    ['2', 'other', 'mesh.glb'],
    ['10', 'video', 'a.mp4'],
  ]);
  expect(Object.keys(files[2]!)).toEqual(['nodeId', 'kind', 'filename', 'subfolder', 'type']);
});

test('a batch stays in the order of its node', () => {
  const files = deliverables({ '9': { images: [item('b.png'), item('a.png')] } });
  expect(files.map(({ filename }) => filename)).toEqual(['b.png', 'a.png']);
});
