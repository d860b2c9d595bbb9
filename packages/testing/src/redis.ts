import { jestWorker, serverUrl } from './config';

/** Redis comes with 16 databases; the first one is left to whoever else uses the server. */
const DATABASES = 15;

/** The address of a database of Redis that no other Jest worker uses at the same time. */
export function testRedisUrl(): string {
  const url = new URL(serverUrl('TEST_REDIS_URL'));
  url.pathname = `/${1 + (jestWorker() % DATABASES)}`;
  return url.href;
}
