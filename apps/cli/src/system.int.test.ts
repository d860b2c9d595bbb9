import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@avatarforge/embedded';
import { systemClock } from '@avatarforge/runtime';
import { readStartConfig } from './config';
import { System, urlOf } from './system';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'a system '));
  // Open to pass through, so that the database of a root stays in it.
  chmodSync(home, 0o711);
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

test('a program that ends at its start is told with its last words, and nothing is left', async () => {
  const config = readStartConfig({
    AVATARFORGE_HOME: home,
    PORT: String(await freePort()),
    REDIS_URL: 'redis://127.0.0.1:1',
    LOG_LEVEL: 'nonsense',
  });
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const { signal } = new AbortController();
  const system = new System(config, { say, clock: systemClock, signal });

  await expect(system.start()).rejects.toThrow(/ended while it was starting\. .*last it wrote/);
  expect(system.names).toEqual(['api', 'worker', 'comfy-sim', 'postgres']);
  await system.stop(signal);
  expect(readdirSync(join(home, 'run'))).toEqual([]);
  expect(existsSync(join(home, 'storage'))).toBe(true);
}, 20_000);

test('an address for all is reached by loopback', () => {
  expect(urlOf({ host: '0.0.0.0', port: 1 })).toBe('http://127.0.0.1:1');
  expect(urlOf({ host: '192.0.2.1', port: 1 })).toBe('http://192.0.2.1:1');
});
