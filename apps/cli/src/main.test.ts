import { EmbeddedError } from '@avatarforge/embedded';
import { describeError } from './describeError';
import { main } from './main';

let written: string;

beforeEach(() => {
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.stdout.removeAllListeners('error');
  process.stderr.removeAllListeners('error');
});

test.each([[[]], [['nonsense']], [['db']]])('%j shows how it is used', async (args) => {
  expect(await main(args)).toBe(2);
  expect(written).toContain('Usage: avatarforge COMMAND');
});

test('errors for people are shown without a stack, bugs with it', () => {
  const error = new EmbeddedError({ what: 'What.', why: 'Why.', todo: 'Do.' });
  expect(describeError(error)).toBe('What. Why. Do.');
  expect(describeError(new Error('a bug'))).toContain('main.test');
  expect(describeError('words')).toBe('words');
});

test('an error of the system is told in plain words', () => {
  const error = Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', syscall: 'write' });
  expect(describeError(error)).toContain('The disk is full.');
});
