import type { GenerationState, Graph } from '@avatarforge/core';
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
}

/** A picture to upload to the instance before a shot is dispatched, and where the graph names it. */
export interface ShotUpload {
  node: string;
  field: string;
  filename: string;
  object_key: string;
}

/** A shot to be created. */
export interface NewShot {
  id: string;
  view: Pose | null;
  seed: number | null;
  lane: string;
  graph: Graph;
  uploads: ShotUpload[];
  /** Instances that cannot run it, as far as is known. */
  avoid: string[];
}

/** A generation to be created, with its shots in order. */
export interface NewGeneration {
  id: string;
  ownerId: string;
  prompt: string;
  negativePrompt: string;
  inputs: Record<string, unknown>;
  workflow: string;
  notes: string[];
  /** `role`: the input that each is for. */
  files: { fileId: string; role: string }[];
  shots: NewShot[];
}

/** Writes generation, shots, graphs, file references and the first event in one transaction; gives back what was written. */
export async function insertGeneration(
  db: Database,
  generation: NewGeneration,
): Promise<GenerationRecord> {
  const shots = generation.shots.map((shot, ordinal) => ({ ...shot, ordinal }));
  const createdAt = await db.transaction(async (query) => {
    const [row] = await query<{ created_at: Date }>(
      `INSERT INTO generations (id, owner_id, prompt, negative_prompt, inputs, workflow, notes, shots_total, seq)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) RETURNING created_at`,
      [
        generation.id,
        generation.ownerId,
        generation.prompt,
        generation.negativePrompt,
        JSON.stringify(generation.inputs),
        generation.workflow,
        generation.notes,
        generation.shots.length,
      ],
    );
    await query(
      `WITH new AS (
         SELECT * FROM jsonb_to_recordset($3) AS s(
           id uuid, ordinal int, view text, seed bigint, lane text, graph jsonb, uploads jsonb, avoid uuid[])
       ), shot AS (
         INSERT INTO shots (id, generation_id, owner_id, ordinal, view, seed, lane, avoid_instances)
           SELECT id, $1, $2, ordinal, view, seed, lane, avoid FROM new
       )
       INSERT INTO shot_graphs (shot_id, graph, uploads) SELECT id, graph, uploads FROM new`,
      [generation.id, generation.ownerId, JSON.stringify(shots)],
    );
    await query(
      `INSERT INTO generation_files (generation_id, file_id, role)
         SELECT $1, "fileId", role FROM jsonb_to_recordset($2) AS f("fileId" uuid, role text)`,
      [generation.id, JSON.stringify(generation.files)],
    );
    await query(
      `INSERT INTO outbox (event, generation_id, seq) VALUES ('generation.queued', $1, 1)`,
      [generation.id],
    );
    if (!row) throw new Error('an insert returned no row');
    return row.created_at;
  });
  const { id, ownerId, prompt, negativePrompt, inputs, workflow, notes } = generation;
  return {
    ...{ id, ownerId, prompt, negativePrompt, inputs, workflow, notes },
    status: 'queued',
    shotsTotal: shots.length,
    shotsDone: 0,
    outputs: [],
    error: null,
    promptId: null,
    createdAt,
    startedAt: null,
    finishedAt: null,
  };
}

const withOutputs = {
  outputs: {
    include: { file: { include: { blob: true } }, shot: true },
    orderBy: [{ shot: { ordinal: 'asc' } }, { ordinal: 'asc' }],
  },
  shots: {
    where: { ordinal: 0 },
    include: { attempts: { orderBy: { claimed_at: 'desc' }, take: 1, select: { id: true } } },
  },
} satisfies Prisma.GenerationInclude;

type Row = Prisma.GenerationGetPayload<{ include: typeof withOutputs }>;

/** The owner's generation, or null. */
export async function findGeneration(
  db: Database,
  where: { id: string; ownerId: string },
): Promise<GenerationRecord | null> {
  const row = await db.prisma.generation.findFirst({
    where: { id: where.id, owner_id: where.ownerId, deleted_at: null },
    include: withOutputs,
  });
  return row && toRecord(row);
}

/** Where a page of a list begins: after this row. */
export interface Position {
  createdAt: Date;
  id: string;
}

/** The owner's generations, newest first, `limit` at most, from after `after` on. */
export async function listGenerations(
  db: Database,
  where: { ownerId: string; status?: GenerationState; after?: Position; limit: number },
): Promise<GenerationRecord[]> {
  const { ownerId, status, after, limit } = where;
  const rows = await db.prisma.generation.findMany({
    where: {
      owner_id: ownerId,
      deleted_at: null,
      ...(status && { status }),
      ...(after && {
        OR: [
          { created_at: { lt: after.createdAt } },
          { created_at: after.createdAt, id: { lt: after.id } },
        ],
      }),
    },
    include: withOutputs,
    orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
    take: limit,
  });
  return rows.map(toRecord);
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
    shotsTotal: row.shots_total,
    shotsDone: row.shots_done,
    outputs: row.outputs.map(toOutput),
    error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    promptId: row.shots[0]?.attempts[0]?.id ?? null,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
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
    size: blob.size,
    width: blob.width,
    height: blob.height,
  };
}
