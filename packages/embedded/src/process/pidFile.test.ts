import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './identity';
import { isRunning, readPidFile, removePidFile, writePidFile, type PidFile } from './pidFile';

const NO_SUCH_PID = 4_194_305; // above the kernel's greatest
let dir: string;
let file: string;
let self: PidFile;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pid files '));
  file = join(dir, 'run', 'one.pid');
  self = { pid: process.pid, identity: identityOf(process.pid) ?? '', note: 'SIGINT' };
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

test('what is written is read, and only we may read it', () => {
  writePidFile(file, self);
  expect(readPidFile(file)).toEqual(self);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a running process keeps its identity, one that does not run has none', () => {
  expect(self.identity).not.toBe('');
  expect(identityOf(process.pid)).toBe(self.identity);
  expect(identityOf(NO_SUCH_PID)).toBeUndefined();
});

test('a process that merely got a remembered id is not taken for the one written down', () => {
  expect(isRunning(self)).toBe(true);
  expect(isRunning({ ...self, identity: '1' })).toBe(false);
});

test('an exclusive file is not overwritten', () => {
  writePidFile(file, self, { isExclusive: true });
  expect(() => {
    writePidFile(file, self, { isExclusive: true });
  }).toThrow('EEXIST');
});

test('a file is removed only while it speaks of that process', () => {
  writePidFile(file, self);
  removePidFile(file, self.pid + 1);
  expect(readPidFile(file)).toBeDefined();
  removePidFile(file, self.pid);
  expect(readPidFile(file)).toBeUndefined();
});

test.each(['', 'nonsense\n', '0\n1\n', '12\n'])('a file with %j says nothing', (text) => {
  writePidFile(file, self);
  writeFileSync(file, text);
  expect(readPidFile(file)).toBeUndefined();
});
