import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnService } from '@avatarforge/embedded';
import { eventually } from '@avatarforge/testing';
import { keep, type Keeper } from './keeper';

let folder: string;
let kept: Keeper;
let starts: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'avatarforge-keeper-'));
  starts = 0;
  kept = keep('sleeper', () => {
    starts += 1;
    if (starts === 2) throw new Error('what it needs is away');
    return spawnService({
      ...{ name: 'sleeper', command: process.execPath, env: {}, cwd: folder },
      args: ['-e', 'console.log("I sleep"); setInterval(() => {}, 1000)'],
      ...{ runDir: join(folder, 'run'), logFile: join(folder, 'log') },
    });
  });
  await kept.start();
});

afterEach(async () => {
  await kept.kill();
  rmSync(folder, { recursive: true });
});

test('one that ends by itself is started again, however often that fails, and its last words are kept', async () => {
  await eventually(() => kept.service().tail() === 'I sleep');
  process.kill(kept.service().pid, 'SIGKILL');
  await eventually(() => !kept.isWell());
  await eventually(() => kept.isWell());
  expect([starts, kept.ownEnds()]).toEqual([3, ['I sleep']]);
});

test('one that was killed stays so until it is started', async () => {
  const { pid } = kept.service();
  await kept.kill();
  expect([kept.isWell(), kept.ownEnds(), starts]).toEqual([false, [], 1]);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await kept.start();
  expect([kept.isWell(), starts]).toEqual([true, 3]);
});

test('one that is paused is not well, and can be killed', async () => {
  kept.pause();
  expect(kept.isWell()).toBe(false);
  kept.resume();
  expect(kept.isWell()).toBe(true);
  kept.pause();
  await kept.kill();
  expect(kept.isWell()).toBe(false);
});
