import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startS3, type RunningS3 } from '../index';
import { answersS3 } from './answersS3';

/** Where `npm test` keeps Ceph once it was asked for by TEST_S3=ceph; elsewhere it is not fetched. */
const CACHE_DIR = resolve(__dirname, '../../../../.avatarforge/cache');

let home: string;
let running: RunningS3 | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'a home with spaces '));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function start(options: object = {}): Promise<RunningS3> {
  running = await startS3({ home, cacheDir: CACHE_DIR, log: () => undefined, ...options });
  return running;
}

const pidFiles = () => readdirSync(join(home, 'run'));

test('a start that is not wanted any more fetches and leaves nothing', async () => {
  const stop = AbortSignal.abort(new Error('not now'));
  await expect(start({ cacheDir: join(home, 'cache'), signal: stop })).rejects.toThrow('not now');
  expect(['s3', 'cache/ceph'].filter((name) => existsSync(join(home, name)))).toEqual([]);
});

if (existsSync(join(CACHE_DIR, 'ceph'))) {
  describe('startS3 with Ceph', () => {
    it('answers, keeps its secrets, and leaves nothing when it stops', async () => {
      const { endpoint, stop } = await start();
      expect(await answersS3(endpoint)).toBe(true);
      expect(statSync(join(home, 's3')).mode & 0o777).toBe(0o700);
      expect(pidFiles()).toHaveLength(3);
      await stop();
      expect(await answersS3(endpoint)).toBe(false);
      expect(pidFiles()).toEqual([]);
      expect(existsSync(join(home, 's3'))).toBe(false);
    }, 60_000);

    it('ends what a kill left', async () => {
      const first = await start();
      // A new start under the same home is what follows a killed supervisor.
      const second = await start();
      expect(await answersS3(first.endpoint)).toBe(false);
      expect(await answersS3(second.endpoint)).toBe(true);
    }, 60_000);

    it('leaves nothing when it is stopped while it starts', async () => {
      const stop = new AbortController();
      const starting = start({ signal: stop.signal });
      while (!existsSync(join(home, 'run', 's3-store.pid'))) await new Promise(setImmediate);
      stop.abort(new Error('not now'));
      await expect(starting).rejects.toThrow('not now');
      expect(pidFiles()).toEqual([]);
      expect(existsSync(join(home, 's3'))).toBe(false);
    }, 60_000);
  });
}
