import type { Graph } from '@avatarforge/core';
import type { Pose } from '@avatarforge/contracts';
import { DatabaseError } from 'pg';
import type { Database } from './database';
import { UNTOUCHED, type GenerationRecord } from './generationRepository';

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
  /** What it needs of an instance, as a hash. */
  requirement: string;
  graph: Graph;
  uploads: ShotUpload[];
  /** Instances that would refuse it though they have what it needs. */
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
  /** What was asked for, with the seed that was drawn. */
  request: object;
  retryOf: string | null;
  /** Orders the shots of one owner; 0 where not given. */
  priority?: number;
  /** `role`: the input that each is for. */
  files: { fileId: string; role: string }[];
  shots: NewShot[];
  /** How its owner is told what becomes of it; not at all where not given. */
  callbacks?: { webhookUrl: string | null; webhookEvents: string[]; notifyEmail: string | null };
  /** The batch that it is part of. */
  batchId?: string;
}

/** A request that its sender may send again, and is to be carried out once. */
export interface Idempotency {
  /** What is asked for: a key names one request of an operation. */
  operation: string;
  key: string;
  /** Of everything that the request says. */
  requestHash: string;
}

/** How long a key is remembered. */
const KEY_LIFETIME = `interval '24 h'`;
const FOREIGN_KEY_VIOLATION = '23503';

/** The transaction is given up: somebody else was faster. */
class KeyTakenError extends Error {}

/**
 * Writes generation, shots, graphs, file references, the first event and the idempotency key in one transaction; gives
 * back what was written. `key_taken`: the key was used before; `file_gone`: a file was deleted meanwhile.
 */
export async function insertGeneration(
  db: Database,
  generation: NewGeneration,
  idempotency?: Idempotency,
): Promise<GenerationRecord | 'key_taken' | 'file_gone'> {
  const inserted = await orRefusal(() =>
    db.transaction(async (query) => {
      const createdAt = await insertRows(query, generation);
      if (idempotency) await takeKey(query, generation, idempotency);
      return { createdAt };
    }),
  );
  return typeof inserted === 'string' ? inserted : toNewRecord(generation, inserted.createdAt);
}

/** A batch to be created. */
export interface NewBatch {
  id: string;
  ownerId: string;
  webhookUrl: string | null;
  notifyEmail: string | null;
  /** At least one. */
  generations: [NewGeneration, ...NewGeneration[]];
}

/** Writes a batch with all its generations, or nothing of it; otherwise as {@link insertGeneration}. */
export async function insertBatch(
  db: Database,
  batch: NewBatch,
  idempotency?: Idempotency,
): Promise<'key_taken' | 'file_gone' | 'created'> {
  const { id, ownerId, webhookUrl, notifyEmail, generations } = batch;
  return orRefusal(() =>
    db.transaction(async (query) => {
      await query(
        `INSERT INTO batches (id, owner_id, total, webhook_url, notify_email) VALUES ($1, $2, $3, $4, $5)`,
        [id, ownerId, generations.length, webhookUrl, notifyEmail],
      );
      const files = generations.flatMap((generation) => generation.files);
      // In the order in which everybody locks files.
      await query('SELECT 1 FROM files WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE', [
        files.map(({ fileId }) => fileId),
      ]);
      for (const generation of generations) {
        await insertRows(query, { ...generation, batchId: id });
      }
      // What is remembered of a batch is its first generation.
      if (idempotency) await takeKey(query, generations[0], idempotency);
      return 'created' as const;
    }),
  );
}

async function orRefusal<T>(insert: () => Promise<T>): Promise<T | 'key_taken' | 'file_gone'> {
  try {
    return await insert();
  } catch (error) {
    if (error instanceof KeyTakenError) return 'key_taken';
    if (error instanceof DatabaseError && error.code === FOREIGN_KEY_VIOLATION) return 'file_gone';
    throw error;
  }
}

async function insertRows(query: Database['query'], generation: NewGeneration): Promise<Date> {
  const shots = generation.shots.map((shot, ordinal) => ({ ...shot, ordinal }));
  const [row] = await query<{ created_at: Date }>(
    `INSERT INTO generations (id, owner_id, prompt, negative_prompt, inputs, workflow, notes, shots_total, request, retry_of,
         webhook_url, webhook_events, notify_email, batch_id, seq)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) RETURNING created_at`,
    [
      generation.id,
      generation.ownerId,
      generation.prompt,
      generation.negativePrompt,
      JSON.stringify(generation.inputs),
      generation.workflow,
      generation.notes,
      generation.shots.length,
      JSON.stringify(generation.request),
      generation.retryOf,
      generation.callbacks?.webhookUrl,
      generation.callbacks?.webhookEvents,
      generation.callbacks?.notifyEmail,
      generation.batchId,
    ],
  );
  await query(
    `WITH new AS (
       SELECT * FROM jsonb_to_recordset($3) AS s(
         id uuid, ordinal int, view text, seed bigint, lane text, requirement text, graph jsonb, uploads jsonb, avoid uuid[])
     ), shot AS (
       INSERT INTO shots (id, generation_id, owner_id, ordinal, view, seed, lane, requirement, avoid_instances, priority)
         SELECT id, $1, $2, ordinal, view, seed, lane, requirement, avoid, $4 FROM new
     )
     INSERT INTO shot_graphs (shot_id, graph, uploads) SELECT id, graph, uploads FROM new`,
    [generation.id, generation.ownerId, JSON.stringify(shots), generation.priority ?? 0],
  );
  await query(
    `INSERT INTO generation_files (generation_id, file_id, role)
       SELECT $1, "fileId", role FROM jsonb_to_recordset($2) AS f("fileId" uuid, role text) ORDER BY "fileId"`,
    [generation.id, JSON.stringify(generation.files)],
  );
  // To the hour is enough, and nobody waits for it.
  await query(
    `UPDATE files SET used_at = now() WHERE id IN (
       SELECT id FROM files WHERE id = ANY ($1) AND used_at < now() - interval '1 h'
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)`,
    [generation.files.map(({ fileId }) => fileId)],
  );
  await query(`SELECT announce($1, 'generation.queued')`, [generation.id]);
  if (!row) throw new Error('an insert returned no row');
  return row.created_at;
}

async function takeKey(
  query: Database['query'],
  generation: NewGeneration,
  { operation, key, requestHash }: Idempotency,
): Promise<void> {
  const taken = await query(
    `INSERT INTO idempotency_keys AS old (owner_id, operation, key, request_hash, generation_id)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (owner_id, operation, key) DO UPDATE
         SET request_hash = excluded.request_hash, generation_id = excluded.generation_id, created_at = now()
         WHERE old.created_at < now() - ${KEY_LIFETIME}
       RETURNING key`,
    [generation.ownerId, operation, key, requestHash, generation.id],
  );
  if (taken.length === 0) throw new KeyTakenError();
}

/** What was made of an earlier request with this key; `null` when there was none. */
export async function findIdempotent(
  db: Database,
  { ownerId, operation, key }: { ownerId: string } & Pick<Idempotency, 'operation' | 'key'>,
): Promise<{ generationId: string; requestHash: string } | null> {
  const [found] = await db.query<{ generationId: string; requestHash: string }>(
    `SELECT generation_id AS "generationId", request_hash AS "requestHash" FROM idempotency_keys
       WHERE owner_id = $1 AND operation = $2 AND key = $3 AND created_at >= now() - ${KEY_LIFETIME}`,
    [ownerId, operation, key],
  );
  return found ?? null;
}

function toNewRecord(generation: NewGeneration, createdAt: Date): GenerationRecord {
  const { id, ownerId, prompt, negativePrompt, inputs, workflow, notes, retryOf } = generation;
  return {
    ...{ id, ownerId, prompt, negativePrompt, inputs, workflow, notes, retryOf, createdAt },
    priority: generation.priority ?? 0,
    shotsTotal: generation.shots.length,
    ...UNTOUCHED,
  };
}
