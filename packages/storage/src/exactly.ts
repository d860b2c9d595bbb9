import { Readable } from 'node:stream';
import { ObjectBodyError } from './errors';

/**
 * The bytes of `body`, failing with ObjectBodyError when it fails or has not `size` bytes. The last
 * of them come only when the body has ended well: who was promised `size` bytes never gets all of
 * them from a body that is not sound. To be read to its end or destroyed, which destroys `body` too.
 */
export function exactly(size: number, body: Readable): Readable {
  const bytes = Readable.from(countBytes(size, body), { objectMode: false });
  return bytes.once('close', () => body.destroy());
}

async function* countBytes(size: number, body: Readable): AsyncGenerator<Buffer> {
  let seen = 0;
  let last: Buffer | undefined;
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk as Buffer | string);
      if (bytes.length === 0) continue;
      seen += bytes.length;
      if (seen > size) break;
      if (last) yield last;
      last = bytes;
    }
  } catch (cause) {
    throw new ObjectBodyError('the body could not be read', { cause });
  }
  if (seen > size) throw new ObjectBodyError(`the body is longer than ${size} bytes`);
  if (seen < size) throw new ObjectBodyError(`the body ended after ${seen} of ${size} bytes`);
  if (last) yield last;
}
