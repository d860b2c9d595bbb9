import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { PresignedPut, PresignPutOptions } from './objectStorage';

/**
 * The address under which anybody may PUT this object, until it expires. Its signature covers the
 * type and the size: with others the store refuses the request.
 */
export async function presignPut(
  client: S3Client,
  place: { Bucket: string; Key: string },
  { size, contentType, expiresInS }: PresignPutOptions,
): Promise<PresignedPut> {
  const headers = { 'content-type': contentType, 'content-length': String(size) };
  const expires_at = new Date(Date.now() + expiresInS * 1000);
  const command = new PutObjectCommand({ ...place, ContentType: contentType, ContentLength: size });
  const url = await getSignedUrl(client, command, {
    expiresIn: expiresInS,
    signableHeaders: new Set(['host', ...Object.keys(headers)]),
  });
  return { method: 'PUT', url, headers, expires_at };
}
