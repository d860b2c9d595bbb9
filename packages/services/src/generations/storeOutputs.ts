import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { newId } from '@avatarforge/core';
import {
  announceObject,
  discardObjects,
  storeAttempt,
  type Database,
  type StoredOutput,
} from '@avatarforge/db';
import { newObjectKey, type ObjectStorage } from '@avatarforge/storage';
import { identifyOutput } from './identifyOutput';
import { withoutText } from './withoutText';

/** A picture, or anything else, that a run made. */
export interface FetchedOutput {
  /** Its extension says what it is. */
  filename: string;
  /** Gets it from its instance; called when its turn comes, so that one at a time is in memory. */
  fetch: () => Promise<Buffer>;
}

/**
 * Stores the outputs of an executed attempt and, in one transaction, makes them its generation's outputs. Always writes
 * objects of its own: one that another upload refers to may be cleaned up at any moment before the transaction.
 * @returns false when another finalizer was faster; nothing is published twice
 * @throws UnreadableOutputError, or what fetching an output throws
 */
export async function storeOutputs(
  deps: { database: Database; storage: ObjectStorage },
  fetched: { attemptId: string; outputs: FetchedOutput[] },
): Promise<boolean> {
  const { attemptId } = fetched;
  const outputs: StoredOutput[] = [];
  for (const [ordinal, output] of fetched.outputs.entries()) {
    outputs.push(await putOutput(deps, output, ordinal));
  }
  const isStored = await storeAttempt(deps.database, { attemptId, outputs });
  if (!isStored) {
    await discardObjects(
      deps.database,
      outputs.map((output) => output.object_key),
    );
  }
  return isStored;
}

async function putOutput(
  { database, storage }: { database: Database; storage: ObjectStorage },
  { filename, fetch }: FetchedOutput,
  ordinal: number,
): Promise<StoredOutput> {
  const bytes = withoutText(await fetch());
  const { mimeType, width, height } = await identifyOutput(bytes, filename);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = newObjectKey(sha256);
  await announceObject(database, key);
  await storage.put(key, Readable.from([bytes]), { size: bytes.length, contentType: mimeType });
  return {
    ordinal,
    file_id: newId(),
    sha256,
    object_key: key,
    size: bytes.length,
    mime_type: mimeType,
    width,
    height,
    filename,
  };
}
