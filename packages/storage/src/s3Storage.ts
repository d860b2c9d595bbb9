import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3ServiceException,
  type GetObjectCommandOutput,
  type _Object as S3Object,
  type S3Client,
} from '@aws-sdk/client-s3';
import { assertObjectKey, assertObjectPrefix } from './objectKey';
import type { ByteRange, ListedObject, ObjectStorage } from './objectStorage';
import { probe } from './probe';
import { createClient, createOutsideClient, type S3StorageOptions } from './s3Client';
import { orNullWhenAbsent, toStorageError, translated } from './s3Errors';
import { presignPut } from './s3Presign';
import { putObject } from './s3Put';
import { abortUnfinished } from './s3Unfinished';

/** Objects in a bucket of S3, or of a service that speaks its protocol. */
export function createS3Storage(options: S3StorageOptions): ObjectStorage {
  const client = createClient(options);
  const outside = createOutsideClient(options);
  const at = (key: string) => {
    assertObjectKey(key);
    return { Bucket: options.bucket, Key: key };
  };

  const storage: ObjectStorage = {
    put: (key, body, putOptions) =>
      translated(key, () => putObject(client, at(key), { body, ...putOptions })),

    presignPut: (key, presignOptions) =>
      translated(key, async () => (outside ? presignPut(outside, at(key), presignOptions) : null)),

    get: (key, { range } = {}) =>
      translated(key, async () => {
        const command = new GetObjectCommand({ ...at(key), Range: range && toHeader(range) });
        const found = await client.send(command);
        return {
          body: bodyOf(found),
          size: totalSize(found),
          ...(found.ContentType !== undefined && { contentType: found.ContentType }),
        };
      }),

    head: (key) =>
      orNullWhenAbsent(key, async () => {
        const found = await client.send(new HeadObjectCommand(at(key)));
        return { size: found.ContentLength ?? 0 };
      }),

    delete: async (key) => {
      await orNullWhenAbsent(key, () => client.send(new DeleteObjectCommand(at(key))));
    },

    list: (prefix) => listBucket(client, options.bucket, prefix),

    removeUnfinished: (prefix, olderThanMs) =>
      abortUnfinished(client, { bucket: options.bucket, prefix }, olderThanMs),

    check: async () => {
      if (options.createBucket) await ensureBucket(client, options.bucket);
      await probe(storage);
    },

    close: () => {
      client.destroy();
      outside?.destroy();
      return Promise.resolve();
    },
  };
  return storage;
}

async function* listBucket(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<ListedObject> {
  assertObjectPrefix(prefix);
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
  try {
    for await (const { Contents = [] } of pages) yield* Contents.flatMap(toListedObject);
  } catch (error) {
    throw toStorageError(prefix, error);
  }
}

function toListedObject({ Key, Size, LastModified }: S3Object): ListedObject[] {
  if (Key === undefined || LastModified === undefined) return [];
  return [{ key: Key, size: Size ?? 0, modified_at: LastModified }];
}

async function ensureBucket(client: S3Client, bucket: string): Promise<void> {
  const found = await orNullWhenAbsent(bucket, () =>
    client.send(new HeadBucketCommand({ Bucket: bucket })),
  );
  if (found) return;
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    // Another process was faster.
    if (error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou') return;
    throw toStorageError(bucket, error);
  }
}

function toHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end ?? ''}`;
}

function totalSize({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): number {
  const total = ContentRange?.split('/')[1];
  return total === undefined ? ContentLength : Number(total);
}

/** On Node the client's body is always a Readable; its type speaks of browsers too. */
function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  return Body as Readable;
}
