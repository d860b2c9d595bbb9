import { closeSync, existsSync, mkdtempSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, tailOf } from './logFile';

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs '));
  file = join(dir, 'logs', 'one.log');
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function write(text: string): number {
  const { descriptor, startBytes } = openLog(file);
  writeSync(descriptor, text);
  closeSync(descriptor);
  return startBytes;
}

test('the tail holds the last lines of the latest run alone', () => {
  write('first run\n');
  const startBytes = write('one\ntwo\nthree\n');
  expect(tailOf(file, { startBytes, lines: 2 })).toBe('two\nthree');
  expect(tailOf(file, { startBytes })).not.toContain('first run');
});

test('there is no tail without a log', () => {
  expect(tailOf(file)).toBe('');
});

test('a log that grew large is set aside', () => {
  write('old\n');
  truncateSync(file, 21 * 1024 * 1024);
  expect(write('new\n')).toBe(0);
  expect(existsSync(`${file}.1`)).toBe(true);
});
