import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree, writePidFile } from '@avatarforge/embedded';
import { startTestServers } from './testServers';

const options = { log: () => undefined, signal: new AbortController().signal };

test('a run has servers of its own, which leave nothing', async () => {
  const given = { databaseUrl: undefined, redisUrl: undefined };
  const { databaseUrl, redisUrl, home, stop } = await startTestServers(given, options);
  const ports = [databaseUrl, redisUrl].map((url) => Number(new URL(url).port));
  expect(await Promise.all(ports.map((port) => isPortFree(port)))).toEqual([false, false]);
  await stop();
  expect(await Promise.all(ports.map((port) => isPortFree(port)))).toEqual([true, true]);
  expect(existsSync(home)).toBe(false);
}, 30_000);

test('servers that are given are used, and what a killed run left is removed', async () => {
  const abandoned = mkdtempSync(join(tmpdir(), 'avatarforge-npm-test-'));
  writePidFile(join(abandoned, 'owner.pid'), { pid: process.pid, identity: '1', note: '' });
  mkdirSync(join(abandoned, 'run'));
  const given = { databaseUrl: 'postgresql://mine', redisUrl: 'redis://mine' };
  const servers = await startTestServers(given, options);
  expect(servers).toMatchObject(given);
  expect(existsSync(abandoned)).toBe(false);
  await servers.stop();
});
