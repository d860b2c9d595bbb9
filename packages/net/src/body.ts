import { OutboundError } from './outboundError';

/** The first `maxBytes` of a body. What follows is not read. */
export async function readStart(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: Buffer; isTruncated: boolean }> {
  const chunks: Buffer[] = [];
  let room = maxBytes;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, room));
    if (chunk.length > room) return { body: Buffer.concat(chunks), isTruncated: true };
    room -= chunk.length;
  }
  return { body: Buffer.concat(chunks), isTruncated: false };
}

/** A body as it comes. @throws OutboundError too_large as soon as it is larger than `maxBytes` */
export async function* limitBody(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let room = maxBytes;
  for await (const chunk of body) {
    room -= chunk.length;
    if (room < 0) throw new OutboundError('too_large');
    yield chunk;
  }
}
