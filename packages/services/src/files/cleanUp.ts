import type { CleanUp, CleanUpReport } from '@avatarforge/contracts';
import { DependencyError } from '@avatarforge/core';
import {
  claimLooseObjects,
  condemnUnknownObjects,
  countCondemnedBlobs,
  countLooseObjects,
  countOrphans,
  countTrash,
  deleteExpired,
  deleteOrphans,
  emptyTrash,
  findUnknownObjects,
  forgetLooseObject,
  postponeLooseObject,
  releaseBlobs,
  type Database,
} from '@avatarforge/db';
import { StorageUnavailableError, type ObjectStorage } from '@avatarforge/storage';
import { requireScope, type ServiceContext } from '../context';
import { FOLDERS, scanStorage } from './scanStorage';

const DAY_MS = 24 * 3_600_000;
/** How long a deleted generation can be had back. */
const TRASH_MS = 30 * DAY_MS;
/** For readers that have found where the bytes are and have not read them yet. */
const BLOB_GRACE_MS = 3_600_000;
const BATCH = 200;
/** What one request deletes within moments. */
const MANY = 2000;
/** Until an object that could not be deleted is tried again. */
const POSTPONE_MS = 3_600_000;

/** What cleaning up works with. */
export interface CleanUpDeps {
  database: Database;
  storage: ObjectStorage;
}

/** How long things are kept; other than the usual times for tests. */
export interface Retention {
  trashMs: number;
  graceMs: number;
  /** Objects that nothing names are left alone while they are younger. */
  unknownMs: number;
}

const USUAL: Retention = { trashMs: TRASH_MS, graceMs: BLOB_GRACE_MS, unknownMs: DAY_MS };

/** Cleans up on behalf of an administrator. Throws {@link AppError} `insufficient_scope`. */
export function cleanUpNow(
  deps: CleanUpDeps,
  { ctx, input }: { ctx: ServiceContext; input: CleanUp },
): Promise<CleanUpReport> {
  requireScope(ctx, 'admin');
  return cleanUp(deps, input);
}

/**
 * Deletes the caller's own Files that no generation needs and nobody used for `days`; of very many the first, the rest at
 * the next call. Gives how many.
 */
export async function deleteOwnOrphans(
  { database }: { database: Database },
  { ctx, days }: { ctx: ServiceContext; days: number },
): Promise<number> {
  requireScope(ctx, 'files:write');
  const orphans = { ageMs: days * DAY_MS, limit: MANY, ownerId: ctx.userId };
  return deleteOrphans(database, orphans);
}

/**
 * Removes what nobody needs: Files without use (where `days` are given), the trash, then Blobs that no File names, then
 * their objects, so that what one step lets go of the next one takes. Each step may run at any time, in several processes,
 * and may be cut off anywhere: the rest is found again.
 */
export async function cleanUp(
  deps: CleanUpDeps,
  input: CleanUp,
  retention: Retention = USUAL,
): Promise<CleanUpReport> {
  if (input.dry_run) return foresee(deps, input, retention);
  const { database, storage } = deps;
  const ageMs = (input.days ?? 0) * DAY_MS;
  const orphaned_files =
    input.days === undefined
      ? 0
      : await untilDone(() => deleteOrphans(database, { ageMs, limit: BATCH, ownerId: null }));
  const { trashMs, graceMs, unknownMs } = retention;
  const generations = await untilDone(() => emptyTrash(database, trashMs));
  const blobs = await releaseAll(database, graceMs);
  await deleteExpired(database);
  const unknown_objects = input.scan_storage
    ? await scanStorage(storage, unknownMs, (keys) => condemnUnknownObjects(database, keys))
    : 0;
  const objects = await deleteLooseObjects(deps);
  for (const folder of FOLDERS) await storage.removeUnfinished(folder, DAY_MS);
  return { dry_run: false, orphaned_files, generations, blobs, objects, unknown_objects };
}

/** What would be removed now; more may follow from it. */
async function foresee(
  { database, storage }: CleanUpDeps,
  { days, scan_storage }: CleanUp,
  { trashMs, graceMs, unknownMs }: Retention,
): Promise<CleanUpReport> {
  const countUnknown = async (keys: string[]) => (await findUnknownObjects(database, keys)).length;
  const unknown_objects = scan_storage ? await scanStorage(storage, unknownMs, countUnknown) : 0;
  return {
    dry_run: true,
    orphaned_files: days === undefined ? 0 : await countOrphans(database, days * DAY_MS),
    generations: await countTrash(database, trashMs),
    blobs: await countCondemnedBlobs(database, graceMs),
    objects: (await countLooseObjects(database)) + unknown_objects,
    unknown_objects,
  };
}

async function releaseAll(database: Database, ageMs: number): Promise<number> {
  for (let sum = 0; ;) {
    const { lookedAt, released } = await releaseBlobs(database, { ageMs, limit: BATCH });
    if (lookedAt === 0) return sum;
    sum += released;
  }
}

/**
 * From the claim on nobody can name the objects; those of a process that dies here are claimed again. One that cannot be
 * deleted keeps the others from nothing, and is told at the end; a storage that is away is waited for.
 */
async function deleteLooseObjects({ database, storage }: CleanUpDeps): Promise<number> {
  const errors: unknown[] = [];
  const deleteBatch = async () => {
    const keys = await claimLooseObjects(database, BATCH);
    for (const key of keys) {
      try {
        await storage.delete(key);
        await forgetLooseObject(database, key);
      } catch (error) {
        const isAway = error instanceof StorageUnavailableError && error.retryable;
        if (isAway || error instanceof DependencyError) throw error;
        errors.push(error);
        await postponeLooseObject(database, key, POSTPONE_MS);
      }
    }
    return keys.length;
  };
  const claimed = await untilDone(deleteBatch);
  if (errors.length > 0) throw errors[0];
  return claimed;
}

/** Does batch after batch until one finds nothing. Gives the sum. */
async function untilDone(doBatch: () => Promise<number>): Promise<number> {
  for (let sum = 0; ;) {
    const done = await doBatch();
    if (done === 0) return sum;
    sum += done;
  }
}
