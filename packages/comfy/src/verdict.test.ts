import { recordedHttp } from './fixtures/replayServer';
import { Ending, judge } from './verdict';

function recordedEnding(name: string): Ending {
  const history = recordedHttp(name).findLast(({ path }) => /^\/history\/./.test(path));
  return Ending.parse(Object.values(history?.response as Record<string, unknown>)[0]);
}
const status = (status_str: string, ...events: string[]) => ({
  status_str,
  messages: events.map((event, index): [string, Record<string, unknown>] => [
    event,
    { timestamp: 1000 + index },
  ]),
});

test('a success delivers its outputs, and says how long it ran', () => {
  expect(judge(recordedEnding('success'))).toEqual({
    outcome: 'success',
    outputs: [
      { nodeId: '3', kind: 'image', filename: 'rec_00006_.png', subfolder: '', type: 'output' },
    ],
    runMs: 636,
  });
});

test('a fully cached run delivers the old file', () => {
  expect(judge(recordedEnding('fully_cached'))).toMatchObject({
    outcome: 'success',
    outputs: [{ filename: 'rec_00006_.png' }],
    runMs: 1,
  });
});

test('a failed node is named, whatever ran before it', () => {
  expect(judge(recordedEnding('node_error'))).toMatchObject({
    outcome: 'error',
    failure: { kind: 'node_error', nodeId: '2', nodeType: 'LabFail', message: 'lab failure' },
  });
});

test('pitfall 21: running out of memory is told apart', () => {
  expect(judge(recordedEnding('node_oom'))).toMatchObject({
    outcome: 'error',
    failure: { kind: 'out_of_memory', nodeId: '2', message: 'ComfyUI ran out of memory.' },
  });
});

test('an interruption is no failure, though its status is error', () => {
  expect(judge(recordedEnding('interrupted'))).toEqual({ outcome: 'interrupted', runMs: 756 });
});

test('an error message outweighs the status success', () => {
  const ending = { outputs: {}, status: status('success', 'execution_start', 'execution_error') };
  expect(judge(ending)).toMatchObject({ outcome: 'error', failure: { kind: 'node_error' } });
});

test('an error message outweighs an interruption', () => {
  const ending = {
    outputs: {},
    status: status('error', 'execution_error', 'execution_interrupted'),
  };
  expect(judge(ending).outcome).toBe('error');
});

test('an interruption outweighs the status success', () => {
  expect(judge({ outputs: {}, status: status('success', 'execution_interrupted') }).outcome).toBe(
    'interrupted',
  );
});

test('without messages the status decides', () => {
  expect(judge({ outputs: {}, status: status('success') }).outcome).toBe('success');
  expect(judge({ outputs: {}, status: status('error') })).toMatchObject({
    failure: { kind: 'node_error' },
  });
  expect(judge({ outputs: {}, status: null }).outcome).toBe('error');
});

test('success without outputs is legal', () => {
  expect(judge({ outputs: {}, status: status('success', 'execution_success') })).toMatchObject({
    outputs: [],
  });
});
