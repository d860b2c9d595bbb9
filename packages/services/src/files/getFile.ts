import { AppError, isId } from '@avatarforge/core';
import { findFile, findFileByHash, type Database, type FileRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';

/** A File of the caller. Throws {@link AppError} `not_found`, for a malformed id too. */
export async function getFile(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<FileRecord> {
  requireScope(ctx, 'files:read');
  const file = isId(id) ? await findFile(database, { id, ownerId: ctx.userId }) : null;
  if (!file) throw new AppError('not_found', 'You have no file with this id.');
  return file;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The caller's own File of these bytes; `null` when there is none, whoever else may have one. */
export async function findOwnFile(
  { database }: { database: Database },
  { ctx, sha256 }: { ctx: ServiceContext; sha256: string },
): Promise<FileRecord | null> {
  requireScope(ctx, 'files:read');
  const hash = sha256.toLowerCase();
  return SHA256.test(hash) ? findFileByHash(database, { sha256: hash, ownerId: ctx.userId }) : null;
}
