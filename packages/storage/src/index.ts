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
  PutOptions,
  StoredObject,
} from './objectStorage';
export { createS3Storage, type S3StorageOptions } from './s3Storage';
