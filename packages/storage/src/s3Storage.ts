import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
  type GetObjectCommandOutput,
  type _Object as S3Object,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { silenceVersionWarning } from './config';
import {
  InvalidRangeError,
  isStorageError,
  ObjectNotFoundError,
  StorageUnavailableError,
} from './errors';
import { exactly } from './exactly';
import { assertObjectKey, assertObjectPrefix } from './objectKey';
import type { ByteRange, ListedObject, ObjectStorage } from './objectStorage';
import { probe } from './probe';

export interface S3StorageOptions {
  bucket: string;
  region: string;
  /** Address of the S3 service; that of AWS in the region when absent. */
  endpoint?: string | undefined;
  /** Without both keys, credentials come from the machine (role, profile …). */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** Puts the bucket into the path, as most services other than AWS want it. */
  forcePathStyle: boolean;
  /** Lets `check()` create the bucket when it is absent. */
  createBucket?: boolean | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Parts held in memory by one `put`: three of the smallest size S3 takes, 15 MiB. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** Objects in a bucket of S3, or of a service that speaks its protocol. */
export function createS3Storage(options: S3StorageOptions): ObjectStorage {
  const client = createClient(options);
  const at = (key: string) => {
    assertObjectKey(key);
    return { Bucket: options.bucket, Key: key };
  };

  const storage: ObjectStorage = {
    put: (key, body, { size, contentType }) =>
      translated(key, async () => {
        const params = { ...at(key), Body: exactly(size, body), ContentType: contentType };
        const limits = { partSize: PART_BYTES, queueSize: PARTS_AT_ONCE };
        await new Upload({ client, params, ...limits }).done();
      }),

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

    check: async () => {
      if (options.createBucket) await ensureBucket(client, options.bucket);
      await probe(storage);
    },

    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
  return storage;
}

function createClient(options: S3StorageOptions): S3Client {
  const { region, endpoint, accessKeyId, secretAccessKey, forcePathStyle } = options;
  silenceVersionWarning();
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    // Services other than AWS know neither the newer checksums nor their trailers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
    },
  });
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

async function translated<T>(key: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStorageError(key, error);
  }
}

async function orNullWhenAbsent<T>(key: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await translated(key, run);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

function toStorageError(key: string, cause: unknown): Error {
  if (isStorageError(cause)) return cause;
  if (!(cause instanceof S3ServiceException)) {
    return new StorageUnavailableError('the object store is away', { cause, retryable: true });
  }
  const status = cause.$metadata.httpStatusCode ?? 0;
  if (status === 404 && cause.name !== 'NoSuchBucket') {
    return new ObjectNotFoundError(key, { cause });
  }
  if (status === 416) return new InvalidRangeError(key, { cause });
  const retryable = status === 0 || status === 429 || status >= 500;
  return new StorageUnavailableError(`the object store answered ${cause.name}`, {
    cause,
    retryable,
  });
}
