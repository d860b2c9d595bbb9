import type { GenerationState } from '@avatarforge/core';
import type { Pose } from '@avatarforge/contracts';
import type { Database } from './database';
import type { Prisma } from './generated/client';

/** A picture that a generation made. */
export interface OutputRecord {
  fileId: string;
  filename: string;
  view: Pose | null;
  /** Null where a graph names none. */
  seed: number | null;
  mimeType: string;
  /** Bytes. */
  size: number;
  /** Pixels; null for what is no picture. */
  width: number | null;
  height: number | null;
}

/** A generation as it stands in the database. */
export interface GenerationRecord {
  id: string;
  ownerId: string;
  status: GenerationState;
  prompt: string;
  negativePrompt: string;
  inputs: Record<string, unknown>;
  workflow: string;
  notes: string[];
  /** Of its shots. */
  priority: number;
  shotsTotal: number;
  shotsDone: number;
  /** In the order of the shots. */
  outputs: OutputRecord[];
  error: { code: string; message: string } | null;
  /** ComfyUI's id of the first shot's latest attempt. */
  promptId: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** It is being stopped, or was. */
  isCancelRequested: boolean;
  /** The generation that it repeats. */
  retryOf: string | null;
}

/** What a generation says of its progress before there is any. */
export const UNTOUCHED = {
  status: 'queued',
  shotsDone: 0,
  outputs: [],
  error: null,
  promptId: null,
  startedAt: null,
  finishedAt: null,
  isCancelRequested: false,
} satisfies Partial<GenerationRecord>;

/** The generation as it was when it was created, whatever has become of it, and also when it is deleted. */
export async function findGenerationAsCreated(
  db: Database,
  id: string,
): Promise<GenerationRecord | null> {
  const row = await db.prisma.generation.findUnique({ where: { id }, ...asShown });
  return row && { ...toRecord(row), ...UNTOUCHED };
}

/** What was asked for: null where it was not kept. `null` for no such generation of the owner. */
export async function findRequest(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<{ status: GenerationState; request: unknown } | null> {
  const [found] = await db.query<{ status: GenerationState; request: unknown }>(
    'SELECT status, request FROM generations WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL',
    [id, ownerId],
  );
  return found ?? null;
}

/** Puts the owner's generation into the trash, stopped if it runs; false when there is none. */
export async function deleteGeneration(
  db: Database,
  { id, ownerId }: { id: string; ownerId: string },
): Promise<boolean> {
  const [row] = await db.query<{ deleted: boolean }>(
    'SELECT delete_generation($1, $2) AS deleted',
    [id, ownerId],
  );
  return row?.deleted ?? false;
}

/** Those of the generations that are final, by id. */
export async function findFinal(db: Database, ids: string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'SELECT id FROM generations WHERE id = ANY ($1) AND finished_at IS NOT NULL',
    [ids],
  );
  return rows.map((row) => row.id);
}

const withOutputs = {
  outputs: {
    where: { file: { deleted_at: null } },
    include: { file: { include: { blob: true } }, shot: true },
    orderBy: [{ shot: { ordinal: 'asc' } }, { ordinal: 'asc' }],
  },
  shots: {
    where: { ordinal: 0 },
    include: { attempts: { orderBy: { claimed_at: 'desc' }, take: 1, select: { id: true } } },
  },
} satisfies Prisma.GenerationInclude;

// The request may be a graph of a megabyte, and is shown nowhere.
const asShown = {
  include: withOutputs,
  omit: { request: true },
} satisfies Prisma.GenerationDefaultArgs;

type Row = Prisma.GenerationGetPayload<typeof asShown>;

/** The owner's generation, or null. */
export async function findGeneration(
  db: Database,
  where: { id: string; ownerId: string },
): Promise<GenerationRecord | null> {
  const row = await db.prisma.generation.findFirst({
    where: { id: where.id, owner_id: where.ownerId, deleted_at: null },
    ...asShown,
  });
  return row && toRecord(row);
}

/** Where a page of a list begins: after this row. */
export interface Position {
  createdAt: Date;
  id: string;
}

/** Which of the owner's generations. */
export interface GenerationFilter {
  ownerId: string;
  status?: GenerationState | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

/** The owner's generations, newest first, `limit` at most, from after `after` on or without the first `offset`. */
export async function listGenerations(
  db: Database,
  filter: GenerationFilter,
  page: { limit: number; after?: Position | undefined; offset?: number },
): Promise<GenerationRecord[]> {
  const { after, limit, offset = 0 } = page;
  const rows = await db.prisma.generation.findMany({
    where: {
      ...toWhere(filter),
      ...(after && {
        OR: [
          { created_at: { lt: after.createdAt } },
          { created_at: after.createdAt, id: { lt: after.id } },
        ],
      }),
    },
    ...asShown,
    orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
    skip: offset,
    take: limit,
  });
  return rows.map(toRecord);
}

/** How many generations there are on all pages. */
export function countGenerations(db: Database, filter: GenerationFilter): Promise<number> {
  return db.prisma.generation.count({ where: toWhere(filter) });
}

function toWhere(filter: GenerationFilter): Prisma.GenerationWhereInput {
  const { ownerId, status, createdAfter, createdBefore } = filter;
  return {
    owner_id: ownerId,
    deleted_at: null,
    ...(status && { status }),
    ...((createdAfter ?? createdBefore) && {
      created_at: {
        ...(createdAfter && { gte: createdAfter }),
        ...(createdBefore && { lt: createdBefore }),
      },
    }),
  };
}

function toRecord(row: Row): GenerationRecord {
  return {
    id: row.id,
    ownerId: row.owner_id,
    status: row.status as GenerationState,
    prompt: row.prompt,
    negativePrompt: row.negative_prompt,
    inputs: row.inputs as Record<string, unknown>,
    workflow: row.workflow,
    notes: row.notes,
    priority: row.shots[0]?.priority ?? 0,
    shotsTotal: row.shots_total,
    shotsDone: row.shots_done,
    outputs: row.outputs.map(toOutput),
    error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    promptId: row.shots[0]?.attempts[0]?.id ?? null,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    isCancelRequested: row.cancel_requested_at !== null,
    retryOf: row.retry_of,
  };
}

function toOutput({ file, shot }: Row['outputs'][number]): OutputRecord {
  const { blob } = file;
  return {
    fileId: file.id,
    filename: file.filename,
    view: shot.view as Pose | null,
    seed: shot.seed === null ? null : Number(shot.seed),
    mimeType: blob.mime_type,
    size: blob.stored_size ?? blob.size,
    width: blob.width,
    height: blob.height,
  };
}
