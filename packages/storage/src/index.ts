export { createStorage, type StorageConfig } from './createStorage';
export { createDiskStorage, type DiskStorageOptions } from './diskStorage';
export {
  InvalidObjectKeyError,
  InvalidRangeError,
  ObjectBodyError,
  ObjectNotFoundError,
  StorageUnavailableError,
} from './errors';
export { newObjectKey } from './objectKey';
export type {
  ByteRange,
  ListedObject,
  ObjectStorage,
  PresignedPut,
  PresignPutOptions,
  PutOptions,
  StoredObject,
} from './objectStorage';
export type { S3StorageOptions } from './s3Client';
export { createS3Storage } from './s3Storage';
