import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { orNullWhenAbsent, translated } from './s3Errors';

interface Place {
  bucket: string;
  prefix: string;
}

/** Aborts the multipart uploads to keys with this prefix that were begun longer than `olderThanMs` ago. @returns how many. */
export async function abortUnfinished(
  client: S3Client,
  { bucket, prefix }: Place,
  olderThanMs: number,
): Promise<number> {
  const before = Date.now() - olderThanMs;
  let aborted = 0;
  for await (const upload of listUploads(client, { bucket, prefix })) {
    const isOld = upload.Initiated !== undefined && upload.Initiated.getTime() <= before;
    if (isOld && (await abort(client, bucket, upload))) aborted++;
  }
  return aborted;
}

/** @returns false when another was faster. */
async function abort(client: S3Client, bucket: string, { Key = '', UploadId }: MultipartUpload) {
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
  return (await orNullWhenAbsent(Key, () => client.send(command))) !== null;
}

/** All pages; the SDK has no paginator for them. */
async function* listUploads(
  client: S3Client,
  { bucket, prefix }: Place,
): AsyncGenerator<MultipartUpload> {
  let page: ListMultipartUploadsCommandOutput | undefined;
  do {
    const command = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      KeyMarker: page?.NextKeyMarker,
      UploadIdMarker: page?.NextUploadIdMarker,
    });
    page = await translated(bucket, () => client.send(command));
    yield* page.Uploads ?? [];
  } while (page.IsTruncated);
}
