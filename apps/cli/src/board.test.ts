import { renderBoard, type BoardFacts } from './board';

const FACTS: BoardFacts = {
  url: 'http://127.0.0.1:8000',
  rows: [
    { name: 'api', where: 'http://127.0.0.1:8000', pid: 12 },
    { name: 'comfy-sim', where: 'http://127.0.0.1:40001', pid: 345 },
    { name: 'redis', where: 'cache.example:6379', pid: undefined },
  ],
  data: [{ name: 'data', path: '/a b/.avatarforge' }],
  isSimulated: true,
  isPoolHealthy: true,
  databaseMovedTo: undefined,
  hasAuth: false,
  firstKey: null,
};

test('what runs is shown in columns, with process ids or as the servers of the user', () => {
  expect(renderBoard(FACTS)).toContain(
    [
      '  api        http://127.0.0.1:8000   pid 12',
      '  comfy-sim  http://127.0.0.1:40001  pid 345',
      '  redis      cache.example:6379      yours',
    ].join('\n'),
  );
});

test('there is something to click, something to try, and no line ends in spaces', () => {
  const board = renderBoard(FACTS);
  expect(board).toContain('http://127.0.0.1:8000/docs');
  expect(board).toContain(
    'curl -X POST http://127.0.0.1:8000/avatarforge-controller/generate/avatar',
  );
  expect(board).not.toMatch(/ $/m);
});

test('it says plainly where pictures come from', () => {
  const sentence = 'Pictures come from the built-in simulator, not from a model.';
  expect(renderBoard(FACTS)).toContain(sentence);
  expect(renderBoard({ ...FACTS, isSimulated: false })).not.toContain(sentence);
});

test('it says that no ComfyUI answers yet', () => {
  expect(renderBoard({ ...FACTS, isPoolHealthy: false })).toContain('No ComfyUI answers yet.');
});

test('it says where the database went when it could not stay at home', () => {
  expect(renderBoard({ ...FACTS, databaseMovedTo: '/var/elsewhere' })).toContain('/var/elsewhere');
});
