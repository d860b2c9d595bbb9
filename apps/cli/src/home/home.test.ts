import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPidFile, writePidFile } from '@avatarforge/embedded';
import { takeLock } from './lock';
import { rememberPort } from './ports';
import { keepSecretKey } from './secretKey';

let home: string;
let lines: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'a home '));
  lines = [];
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const lock = () => takeLock({ home, url: 'http://here', say: (line) => lines.push(line) });

test('a second start is refused while the first runs, and told where that is', () => {
  const release = lock();
  expect(lock).toThrow(/already runs here: http:\/\/here \(pid \d+\)/);
  release();
  lock()();
  expect(lines).toEqual([]);
});

test('the lock of a process that is gone is taken over', () => {
  const file = join(home, 'up.pid');
  writePidFile(file, { pid: process.pid, identity: '1', note: '' });
  lock();
  expect(readPidFile(file)?.note).toBe('http://here');
  expect(lines).toHaveLength(1);
});

test('the secret key is made once, and only we may read it', () => {
  const key = keepSecretKey(home);
  expect(key.length).toBeGreaterThanOrEqual(43);
  expect(keepSecretKey(home)).toBe(key);
  expect(statSync(join(home, 'secret.key')).mode & 0o777).toBe(0o600);
});

test('a port stays the same, until another program has it', async () => {
  const port = await rememberPort(home, 'redis');
  await rememberPort(home, 'postgres');
  expect(await rememberPort(home, 'redis')).toBe(port);
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  expect(await rememberPort(home, 'redis')).not.toBe(port);
  other.close();
});
