import type { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { exactly } from './exactly';
import type { PutOptions } from './objectStorage';

const MIB = 1024 * 1024;
/** Up to here an object is one request, whose body is streamed through without being held. */
const WHOLE_BYTES = 64 * MIB;
/** Held in memory by the upload of a larger object: three of the smallest parts S3 takes. */
const PART_BYTES = 5 * MIB;
const PARTS_AT_ONCE = 2;
const MOST_PARTS = 10_000;

interface PutParams {
  Bucket: string;
  Key: string;
  ContentType: string;
  Body: Readable;
}

/** Streams `body` into an object; it is there as a whole or not at all. */
export async function putObject(
  client: S3Client,
  place: { Bucket: string; Key: string },
  { body, size, contentType }: PutOptions & { body: Readable },
): Promise<void> {
  const bytes = exactly(size, body);
  const params = { ...place, ContentType: contentType, Body: bytes };
  try {
    await (size > WHOLE_BYTES ? putParts : putWhole)(client, params, size);
  } catch (error) {
    throw bytes.errored ?? error;
  } finally {
    bytes.destroy();
  }
}

/** The SDK does not hear that a body failed; the request would wait for the rest of it. */
async function putWhole(client: S3Client, params: PutParams, size: number): Promise<void> {
  const request = new AbortController();
  params.Body.once('error', () => {
    request.abort();
  });
  const command = new PutObjectCommand({ ...params, ContentLength: size });
  await client.send(command, { abortSignal: request.signal });
}

async function putParts(client: S3Client, params: PutParams, size: number): Promise<void> {
  const partSize = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));
  await new Upload({ client, params, partSize, queueSize: PARTS_AT_ONCE }).done();
}
