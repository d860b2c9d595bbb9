import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EmbeddedError, identityOf, startRedis, type RunningRedis } from './index';
import { debianRedis } from './redis/debianPackages';
import { answersPing } from './redis/ping';

/** Where `npm start` and `npm test` keep a fetched server, so that these tests need no network. */
const CACHE_DIR = resolve(__dirname, '../../../.avatarforge/cache');

let home: string;
let running: RunningRedis | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'a home with spaces '));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function start(options: object = {}): Promise<RunningRedis> {
  running = await startRedis({ home, cacheDir: CACHE_DIR, log: () => undefined, ...options });
  return running;
}

test('a server for tests answers, and leaves nothing when it stops', async () => {
  const { pid, port, url, stop } = await start({ durable: false });
  expect(url).toBe(`redis://127.0.0.1:${port}`);
  expect(await answersPing(port)).toBe(true);
  await stop();
  expect(await answersPing(port)).toBe(false);
  expect(identityOf(pid)).toBeUndefined();
  expect(existsSync(join(home, 'run', 'redis.pid'))).toBe(false);
  expect(existsSync(join(home, 'redis'))).toBe(false);
});

test('a second start ends what a kill left, and a taken port is named', async () => {
  const first = await start();
  const second = await start({ port: first.port });
  expect(identityOf(first.pid)).toBeUndefined();
  await expect(
    startRedis({
      home: join(home, 'other'),
      cacheDir: CACHE_DIR,
      log: jest.fn(),
      port: second.port,
    }),
  ).rejects.toThrow(`Port ${second.port}`);
});

test('data that it cannot read is told with the way out', async () => {
  mkdirSync(join(home, 'redis', 'appendonlydir'), { recursive: true });
  const manifest = join(home, 'redis', 'appendonlydir', 'appendonly.aof.manifest');
  writeFileSync(manifest, 'nonsense\n');
  writeFileSync(join(home, 'redis', 'appendonly.aof'), 'nonsense\n'); // before Redis 7
  await expect(start()).rejects.toThrow('may be removed');
});

test('a server is fetched from the packages of Debian, or it is told plainly why not', async () => {
  const fetched = debianRedis(join(home, 'cache'), { log: () => undefined });
  const outcome = await fetched.catch((error: unknown) => error);
  if (outcome instanceof EmbeddedError) {
    expect(outcome.message).toContain('set REDIS_URL');
  } else {
    expect(outcome).toMatchObject({ source: 'debian' });
    expect(await fetched).toEqual(await debianRedis(join(home, 'cache'), { log: () => undefined }));
  }
  expect(existsSync(join(home, 'cache', `redis.${process.pid}`))).toBe(false);
}, 60_000);
