import type { ObjectStorage } from '@avatarforge/storage';

const KEYS_AT_ONCE = 1000;
/** Where the service keeps objects; nothing else of a bucket is looked at. */
export const FOLDERS = ['sha256/', 'incoming/'];
const OURS = /^(?:sha256\/[0-9a-f]{64}\/[0-9a-f]{16}|incoming\/[0-9a-f-]{36})$/;

/** Hands the keys of all objects that are older than `ageMs` to `take`, many at a time. Gives the sum of its answers. */
export async function scanStorage(
  storage: ObjectStorage,
  ageMs: number,
  take: (keys: string[]) => Promise<number>,
): Promise<number> {
  const before = Date.now() - ageMs;
  let sum = 0;
  let keys: string[] = [];
  for (const folder of FOLDERS) {
    for await (const { key, modified_at } of storage.list(folder)) {
      if (OURS.test(key) && modified_at.getTime() <= before) keys.push(key);
      if (keys.length < KEYS_AT_ONCE) continue;
      sum += await take(keys);
      keys = [];
    }
  }
  return sum + (await take(keys));
}
