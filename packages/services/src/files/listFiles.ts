import type { ListFiles } from '@avatarforge/contracts';
import { listFiles as selectFiles, type Database, type FileRecord } from '@avatarforge/db';
import { requireScope, type ServiceContext } from '../context';
import { fromCursor, toPage } from '../cursor';

/** A page of the caller's Files, newest first. Throws {@link AppError} `validation_failed` for a cursor not of ours. */
export async function listFiles(
  { database }: { database: Database },
  { ctx, query }: { ctx: ServiceContext; query: ListFiles },
): Promise<{ files: FileRecord[]; nextCursor: string | null }> {
  requireScope(ctx, 'files:read');
  const { kind, limit, cursor } = query;
  const found = await selectFiles(database, {
    ownerId: ctx.userId,
    ...(kind && { kind }),
    ...(cursor !== undefined && { after: fromCursor(cursor) }),
    limit: limit + 1,
  });
  const { rows, nextCursor } = toPage(found, limit);
  return { files: rows, nextCursor };
}
