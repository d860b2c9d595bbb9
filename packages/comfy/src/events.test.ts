import { readTextFrame } from './events';
import { readBinaryFrame } from './frames';

const read = (type: string, data: unknown) => readTextFrame(JSON.stringify({ type, data }));
const frame = (kind: number, head: number, ...rest: (string | Buffer)[]) => {
  const start = Buffer.alloc(8);
  start.writeUInt32BE(kind, 0);
  start.writeUInt32BE(head, 4);
  return Buffer.concat([start, ...rest.map((part) => Buffer.from(part as string))]);
};
const subject = { promptId: 'p', nodeId: '3' };

test('pitfall 15: floods of progress_state are dropped unparsed', () => {
  expect(readTextFrame('{"type": "progress_state", "data": this is never parsed')).toBeNull();
});

test('pitfall 13: NaN in a frame does not lose it', () => {
  expect(
    readTextFrame(
      '{"type": "executed", "data": {"node": "1", "output": {"x": [NaN]}, "prompt_id": "p"}}',
    ),
  ).toEqual({
    type: 'executed',
    promptId: 'p',
    nodeId: '1',
    files: [],
  });
});

test('an executed frame may have no output', () => {
  expect(read('executed', { node: '1', output: null, prompt_id: 'p' })).toMatchObject({
    files: [],
  });
});

test('a blocked branch is not told as an error: the prompt goes on', () => {
  expect(
    read('execution_error', {
      prompt_id: 'p',
      exception_type: 'ExecutionBlocked',
      exception_message: 'x',
    }),
  ).toBeNull();
});

test('unknown, odd and broken frames are ignored', () => {
  expect(read('crystools.monitor', { gpu: 1 })).toBeNull();
  expect(read('progress', { value: null, max: 3, prompt_id: 'p', node: '1' })).toBeNull();
  expect(read('executing', { node: null })).toBeNull();
  expect(readTextFrame('{"type":')).toBeNull();
  expect(readTextFrame('[]')).toBeNull();
  expect(read('constructor', {})).toBeNull();
});

test('a text frame names its node', () => {
  expect(readBinaryFrame(frame(3, 2, '12', 'width: 5 – ok'), subject)).toEqual({
    type: 'text',
    nodeId: '12',
    text: 'width: 5 – ok',
  });
});

test('a plain preview is a JPEG or a PNG of the last node', () => {
  expect(readBinaryFrame(frame(1, 2, Buffer.from([9])), subject)).toEqual({
    type: 'preview',
    ...subject,
    mediaType: 'image/png',
    bytes: Buffer.from([9]),
  });
  expect(readBinaryFrame(frame(1, 1), subject)).toMatchObject({ mediaType: 'image/jpeg' });
});

test('broken and unknown binary frames are ignored', () => {
  expect(readBinaryFrame(Buffer.alloc(7), subject)).toBeNull();
  expect(readBinaryFrame(frame(2, 0), subject)).toBeNull();
  expect(readBinaryFrame(frame(3, 99, 'x'), subject)).toBeNull();
  expect(readBinaryFrame(frame(4, 1, '{'), subject)).toBeNull();
  expect(readBinaryFrame(frame(4, 2, '{}'), subject)).toBeNull();
});
