import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@avatarforge/runtime';
import { readEnvironment, readStartConfig, readTestConfig, ROOT_DIR } from './config';

test('without any variable everything is started here, on loopback, without keys', () => {
  expect(readStartConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8000,
    hasAuth: false,
    home: join(ROOT_DIR, '.avatarforge'),
    storageDir: join(ROOT_DIR, '.avatarforge', 'storage'),
    databaseUrl: undefined,
    redisUrl: undefined,
    comfyuiUrls: [],
  });
});

test('servers of the user are taken, under both names of the pool', () => {
  expect(readStartConfig({ COMFYUI_URL: 'http://a:8188/' }).comfyuiUrls).toEqual(['http://a:8188']);
  const both = { COMFYUI_URL: 'http://a', COMFYUI_URLS: 'http://b, http://c' };
  expect(readStartConfig(both).comfyuiUrls).toEqual(['http://b', 'http://c']);
  expect(readStartConfig({ S3_BUCKET: 'pictures' }).storageDir).toBeUndefined();
});

test('all that is wrong is said at once', () => {
  const reading = () => readStartConfig({ PORT: 'x', COMFYUI_URLS: 'nowhere' });
  expect(reading).toThrow(ConfigError);
  expect(reading).toThrow(/PORT[^]*COMFYUI_URLS/);
});

test('what is given wins over .env, and an empty variable counts as unset', () => {
  const dir = mkdtempSync(join(tmpdir(), 'env '));
  writeFileSync(join(dir, '.env'), 'PORT=8001\nHOST="0.0.0.0"\nAUTH=\n');
  expect(readEnvironment(dir, { PORT: '8002', HOST: '' })).toEqual({
    PORT: '8002',
    HOST: '0.0.0.0',
  });
  rmSync(dir, { recursive: true });
});

test('a run of the tests may be given its servers', () => {
  const config = readTestConfig({ TEST_REDIS_URL: 'redis://r', TEST_DATABASE_URL: '' });
  expect(config).toMatchObject({ redisUrl: 'redis://r', databaseUrl: undefined });
});

test.each([
  [{}, { startsS3: false, notCollected: [expect.stringContaining('set TEST_S3=ceph')] }],
  [{ TEST_S3: 'ceph' }, { startsS3: true, notCollected: [] }],
  [
    { TEST_S3: 'ceph', TEST_S3_ENDPOINT: 'http://s3' },
    { startsS3: false, notCollected: [] },
  ],
])(
  'with %j storage is tried on the S3 that is given, else on one of its own',
  (given, expected) => {
    expect(readTestConfig(given)).toMatchObject(expected);
  },
);

test('a kind of S3 that cannot be started is named', () => {
  expect(() => readTestConfig({ TEST_S3: 'minio' })).toThrow('must be ceph');
});
