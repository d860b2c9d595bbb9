import type { Readable } from 'node:stream';

export interface PutOptions {
  /** Exactly how many bytes the body has. */
  size: number;
  contentType: string;
}

export interface PresignPutOptions extends PutOptions {
  /** For how many seconds from now the address is good; a week (604,800) at most. */
  expiresInS: number;
}

/** A request by which somebody else may send an object to the store without passing it through us. */
export interface PresignedPut {
  method: 'PUT';
  url: string;
  /** To be sent as they are; the store refuses another type or size. */
  headers: Record<string, string>;
  /** When the store begins to refuse it. */
  expires_at?: Date;
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
  /**
   * Signs a request that stores one object of this size and type; sends nothing. The object is in the
   * store when that request has succeeded, which only `head` tells. Null for a store without an
   * address of its own (the disk).
   */
  presignPut(key: string, options: PresignPutOptions): Promise<PresignedPut | null>;
  /** @throws ObjectNotFoundError, InvalidRangeError */
  get(key: string, options?: { range?: ByteRange }): Promise<StoredObject>;
  /** The size in bytes, or null when there is no such object. */
  head(key: string): Promise<{ size: number } | null>;
  /** Succeeds also when there is no such object. */
  delete(key: string): Promise<void>;
  /** The objects whose keys begin with `prefix`, in no promised order. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * Removes what writers that were killed left unfinished longer than `olderThanMs` ago; it is in no
   * list and never becomes an object. Writers still at work are hit too: choose it longer than they take.
   * @returns how many.
   */
  removeUnfinished(prefix: string, olderThanMs: number): Promise<number>;
  /** Writes, reads and deletes a small object. @throws StorageUnavailableError */
  check(): Promise<void>;
  /** Gives connections back; the storage is of no use afterwards. */
  close(): Promise<void>;
}
