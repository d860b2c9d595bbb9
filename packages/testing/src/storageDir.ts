import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTests } from './cleanup';

/** An empty folder of the calling test file's own, removed after its tests. */
export async function testStorageDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'avatarforge-test-'));
  afterTests(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
