import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../waitUntil';
import { identityOf } from './identity';
import { writePidFile } from './pidFile';
import { reapStale } from './reapStale';
import { spawnService, type RunningService } from './spawnService';

let dir: string;
let service: RunningService | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'services '));
});

afterEach(async () => {
  await service?.stop(0);
  rmSync(dir, { recursive: true, force: true });
});

async function start(program: string, stopTimeoutMs?: number): Promise<RunningService> {
  service = await spawnService({
    name: 'one',
    command: process.execPath,
    args: ['-e', `${program}; console.log('ready')`],
    env: {},
    cwd: dir,
    runDir: join(dir, 'run'),
    logFile: join(dir, 'one.log'),
    ...(stopTimeoutMs !== undefined && { stopTimeoutMs }),
  });
  return service;
}

const pidFile = (): string => join(dir, 'run', 'one.pid');
const STAY = 'setInterval(() => {}, 1000)';

async function startReady(program: string, stopTimeoutMs?: number): Promise<RunningService> {
  const started = await start(program, stopTimeoutMs);
  await waitUntil(() => started.tail().includes('ready'), { timeoutMs: 5_000 });
  return started;
}

test('a service runs in a group of its own and is written down until it ends', async () => {
  const { pid, exited, stop } = await startReady(STAY);
  expect(existsSync(pidFile())).toBe(true);
  expect(() => process.kill(-pid, 0)).not.toThrow();
  await stop();
  expect(await exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(existsSync(pidFile())).toBe(false);
});

test('a service that does not want to end is killed after its time', async () => {
  const { exited, stop } = await startReady(`process.on('SIGTERM', () => {}); ${STAY}`, 50);
  await stop();
  expect((await exited).signal).toBe('SIGKILL');
});

test('a service that ends by itself says how, and its last words are kept', async () => {
  const { exited, tail } = await start("console.log('farewell'); process.exitCode = 3");
  expect((await exited).code).toBe(3);
  expect(tail()).toContain('farewell');
});

test('a program that is not there is an error', async () => {
  const options = { name: 'two', command: join(dir, 'nothing'), args: [], env: {}, cwd: dir };
  const starting = spawnService({ ...options, runDir: dir, logFile: join(dir, 'two.log') });
  await expect(starting).rejects.toThrow('ENOENT');
});

test('what a killed supervisor left is ended, and a stranger with a remembered id is not', async () => {
  const { pid } = await startReady(STAY);
  const stranger = join(dir, 'run', 'stranger.pid');
  writePidFile(stranger, { pid: process.pid, identity: '1', note: '' });

  expect(await reapStale(join(dir, 'run'))).toEqual(['one']);
  expect(identityOf(pid)).toBeUndefined();
  expect(existsSync(pidFile()) || existsSync(stranger)).toBe(false);
});

test('there is nothing to reap where nothing ran', async () => {
  expect(await reapStale(join(dir, 'nowhere'))).toEqual([]);
});
