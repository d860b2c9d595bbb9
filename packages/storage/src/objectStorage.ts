import type { Readable } from 'node:stream';

export interface PutOptions {
  /** Exactly how many bytes the body has. */
  size: number;
  contentType: string;
}

/** Bytes from `start` to `end`, both inclusive and counted from 0; to the last one without `end`. */
export interface ByteRange {
  start: number;
  end?: number;
}

export interface StoredObject {
  /** To be read to its end or destroyed. */
  body: Readable;
  /** Of the whole object in bytes, also when a range of it was asked for. */
  size: number;
  /** Where the store keeps it. */
  contentType?: string;
}

export interface ListedObject {
  key: string;
  /** In bytes. */
  size: number;
  modified_at: Date;
}

/**
 * Objects by key. Every call rejects with `InvalidObjectKeyError` for a key no store would take, and
 * with `StorageUnavailableError` when the store fails.
 */
export interface ObjectStorage {
  /**
   * Streams `body` into the store; the object is there as a whole or not at all.
   * @throws ObjectBodyError when the body fails or has another size.
   */
  put(key: string, body: Readable, options: PutOptions): Promise<void>;
  /** @throws ObjectNotFoundError, InvalidRangeError */
  get(key: string, options?: { range?: ByteRange }): Promise<StoredObject>;
  /** The size in bytes, or null when there is no such object. */
  head(key: string): Promise<{ size: number } | null>;
  /** Succeeds also when there is no such object. */
  delete(key: string): Promise<void>;
  /** The objects whose keys begin with `prefix`, in no promised order. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Writes, reads and deletes a small object. @throws StorageUnavailableError */
  check(): Promise<void>;
  /** Gives connections back; the storage is of no use afterwards. */
  close(): Promise<void>;
}
