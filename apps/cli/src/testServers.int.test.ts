import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree, writePidFile } from '@avatarforge/embedded';
import { readTestConfig } from './config';
import { startTestServers } from './testServers';

const options = { log: () => undefined, signal: new AbortController().signal };

test('a run has servers of its own, which leave nothing', async () => {
  const given = { databaseUrl: undefined, redisUrl: undefined, startsS3: false };
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
  const mine = { databaseUrl: 'postgresql://mine', redisUrl: 'redis://mine' };
  const servers = await startTestServers({ ...mine, startsS3: false }, options);
  expect(servers).toMatchObject({ ...mine, s3: undefined });
  expect(existsSync(abandoned)).toBe(false);
  await servers.stop();
});

if (readTestConfig().environment['TEST_S3'] === 'ceph') {
  test('an S3 service of its own answers, and leaves nothing', async () => {
    const given = { databaseUrl: 'postgresql://mine', redisUrl: 'redis://mine', startsS3: true };
    const { s3, home, stop } = await startTestServers(given, options);
    const endpoint = s3?.endpoint ?? '';
    expect(await (await fetch(endpoint)).text()).toContain('ListAllMyBucketsResult');
    expect(existsSync(join(home, 'run', 's3-gateway.pid'))).toBe(true);
    await stop();
    expect(await isPortFree(Number(new URL(endpoint).port))).toBe(true);
    expect(existsSync(home)).toBe(false);
  }, 60_000);
}
