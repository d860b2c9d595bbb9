import { findFile, type Database } from '@avatarforge/db';
import { isId } from '@avatarforge/core';
import type { ObjectStorage } from '@avatarforge/storage';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { drawThumbnail } from './image/drawThumbnail';

/** More would make a letter heavy. */
const MOST = 4;
/** Larger ones are looked at where they are. */
const MAX_BYTES = 50 * 1024 ** 2;

const Outputs = z.object({
  data: z.object({ outputs: z.array(z.object({ file_id: z.string() })) }),
});

/**
 * Small JPEG pictures of the first outputs that an event tells of, as far as they are there and are pictures; of an event
 * that tells of none, none. `body`: as webhooks have it.
 */
export async function thumbnailsOf(
  { database, storage }: { database: Database; storage: ObjectStorage },
  { ownerId, body }: { ownerId: string; body: unknown },
): Promise<{ cid: string; bytes: Buffer }[]> {
  const outputs = Outputs.safeParse(body).data?.data.outputs ?? [];
  const drawn: { cid: string; bytes: Buffer }[] = [];
  for (const { file_id: id } of outputs.slice(0, MOST)) {
    const file = isId(id) ? await findFile(database, { id, ownerId }) : null;
    if (!file || file.width === null || file.storedSize > MAX_BYTES) continue;
    const bytes = await read(storage, file.objectKey);
    const picture = bytes && (await drawThumbnail(bytes));
    if (picture) drawn.push({ cid: id, bytes: picture });
  }
  return drawn;
}

/** Null where the store does not give it: what it is for can do without. */
async function read(storage: ObjectStorage, key: string): Promise<Buffer | null> {
  try {
    return await buffer((await storage.get(key)).body);
  } catch {
    return null;
  }
}
