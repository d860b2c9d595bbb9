import type { Database } from './database';

/** What a relay did. */
export interface Relayed {
  /** Events moved from the outbox to the log. */
  moved: number;
  /** Webhook deliveries that are due now. */
  made: number;
  /** Emails that are due now. */
  written: number;
}

/**
 * Moves what happened from the outbox to the log of events, and makes the deliveries and emails that tell of it: `most`
 * events, the oldest first. `publicUrl`: where this installation is reached, without a slash at its end; empty for
 * addresses without a host. Waits while another process does it.
 */
export async function relayEvents(
  db: Database,
  { publicUrl, most }: { publicUrl: string; most: number },
): Promise<Relayed> {
  const [relayed] = await db.query<{ moved: number; made: number; written: number }>(
    'SELECT moved, made, written FROM relay_events($1, $2)',
    [most, publicUrl],
  );
  return relayed ?? { moved: 0, made: 0, written: 0 };
}

/** Sets the oldest event of the outbox aside: it cannot be relayed, and keeps all others waiting. Gives its id; null for none. */
export async function setOldestEventAside(db: Database): Promise<string | null> {
  const [row] = await db.query<{ id: string }>(
    `UPDATE outbox SET set_aside_at = now()
       WHERE id = (SELECT id FROM outbox WHERE set_aside_at IS NULL ORDER BY id LIMIT 1) RETURNING id`,
  );
  return row?.id ?? null;
}

/** Something that happened, as the log has it. */
export interface LoggedEvent {
  /** Grows with every event, in the order in which they can be read; digits. */
  id: string;
  ownerId: string;
  /** Null for what happened to a batch. */
  generationId: string | null;
  event: string;
  /** As webhooks have it: `{type, timestamp, data}`. */
  body: unknown;
}

/** Of whom the log is read. */
export interface EventFilter {
  ownerId?: string;
  generationIds?: string[];
}

/** The next `limit` events after the one with this id. */
export async function findEventsAfter(
  db: Database,
  after: string,
  { ownerId, generationIds, limit }: EventFilter & { limit: number },
): Promise<LoggedEvent[]> {
  const conditions = ['id > $1'];
  const values: unknown[] = [after, limit];
  if (ownerId !== undefined) conditions.push(`owner_id = $${values.push(ownerId)}`);
  if (generationIds)
    conditions.push(`generation_id = ANY ($${values.push(generationIds)}::uuid[])`);
  return db.query(
    `SELECT id, owner_id AS "ownerId", generation_id AS "generationId", event, body FROM events
       WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT $2`,
    values,
  );
}

/** The id of the latest event, and of the oldest that is kept; both `0` for an empty log. */
export async function findLogBounds(db: Database): Promise<{ oldest: string; latest: string }> {
  const [bounds] = await db.query<{ oldest: string; latest: string }>(
    'SELECT coalesce(min(id), 0)::text AS oldest, coalesce(max(id), 0)::text AS latest FROM events',
  );
  return bounds ?? { oldest: '0', latest: '0' };
}

/** Tells those who asked for it how far a generation is; `share`: of the shot that is being drawn, 0 to 1. */
export async function noteProgress(
  db: Database,
  { generationId, share }: { generationId: string; share: number },
): Promise<boolean> {
  const [row] = await db.query<{ told: boolean }>('SELECT note_progress($1, $2) AS told', [
    generationId,
    share,
  ]);
  return row?.told ?? false;
}
