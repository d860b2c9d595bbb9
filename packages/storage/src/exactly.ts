import { Readable } from 'node:stream';
import { ObjectBodyError } from './errors';

/** The bytes of `body`, failing with ObjectBodyError when it fails or has not `size` bytes. */
export function exactly(size: number, body: Readable): Readable {
  return Readable.from(countBytes(size, body), { objectMode: false });
}

async function* countBytes(size: number, body: Readable): AsyncGenerator<Buffer> {
  let seen = 0;
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk as Buffer | string);
      seen += bytes.length;
      if (seen > size) break;
      yield bytes;
    }
  } catch (cause) {
    throw new ObjectBodyError('the body could not be read', { cause });
  }
  if (seen > size) throw new ObjectBodyError(`the body is longer than ${size} bytes`);
  if (seen < size) throw new ObjectBodyError(`the body ended after ${seen} of ${size} bytes`);
}
