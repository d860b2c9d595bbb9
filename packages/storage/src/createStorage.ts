import { createDiskStorage, type DiskStorageOptions } from './diskStorage';
import type { ObjectStorage } from './objectStorage';
import type { S3StorageOptions } from './s3Client';
import { createS3Storage } from './s3Storage';

/** Where objects are kept: in the bucket when one is given, else below `root`. */
export interface StorageConfig extends DiskStorageOptions, Omit<S3StorageOptions, 'bucket'> {
  bucket?: string | undefined;
}

/** The storage that the configuration asks for; connects to nothing yet. */
export function createStorage({ bucket, ...config }: StorageConfig): ObjectStorage {
  return bucket === undefined ? createDiskStorage(config) : createS3Storage({ ...config, bucket });
}
