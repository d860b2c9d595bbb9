import { newId } from '@avatarforge/core';
import type { Database } from './database';
import type { Position } from './generationRepository';

/** Where a client wants to be told of events. */
export interface EndpointRecord extends Position {
  ownerId: string;
  /** The one for the addresses that generations name themselves; it has none of its own. */
  isDefault: boolean;
  url: string | null;
  description: string;
  /** None: all but `generation.progress`. */
  events: string[];
  contactEmail: string | null;
  signing: 'v1' | 'v1a';
  secret: string;
  /** Until then the secret before signs, too. */
  previousUntil: Date | null;
  disabledAt: Date | null;
  disabledReason: string | null;
  failingSince: Date | null;
}

/** What a new endpoint says of itself. */
export interface NewEndpoint {
  ownerId: string;
  url: string;
  description: string;
  events: string[];
  contactEmail: string | null;
  signing: 'v1' | 'v1a';
  secret: string;
}

/** What its owner may change of an endpoint; what is not given stays. */
export type EndpointChange = Partial<
  Pick<NewEndpoint, 'url' | 'description' | 'events' | 'contactEmail'>
> & { isEnabled?: boolean | undefined };

/** Which endpoint: the owner's, by id. */
export interface OwnedEndpoint {
  id: string;
  ownerId: string;
}

const COLUMNS = `id, owner_id AS "ownerId", is_default AS "isDefault", url, description, events,
  contact_email AS "contactEmail", signing, secret, CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil",
  disabled_at AS "disabledAt", disabled_reason AS "disabledReason", failing_since AS "failingSince", created_at AS "createdAt"`;

/** Adds an endpoint, unless its owner has `most` of them already, beside the default one: then null. Two at once may pass the limit together. */
export async function insertEndpoint(
  db: Database,
  endpoint: NewEndpoint,
  most: number,
): Promise<EndpointRecord | null> {
  const { ownerId, url, description, events, contactEmail, signing, secret } = endpoint;
  const [inserted] = await db.query<EndpointRecord & { [column: string]: unknown }>(
    `INSERT INTO webhook_endpoints (id, owner_id, url, description, events, contact_email, signing, secret)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8
         WHERE (SELECT count(*) FROM webhook_endpoints WHERE owner_id = $2 AND NOT is_default) < $9
       RETURNING ${COLUMNS}`,
    [newId(), ownerId, url, description, events, contactEmail, signing, secret, most],
  );
  return inserted ?? null;
}

/** The owner's endpoint for the addresses that generations name; made with `secret` where there is none yet. Gives its id. */
export async function ensureDefaultEndpoint(
  db: Database,
  { ownerId, secret }: { ownerId: string; secret: string },
): Promise<string> {
  const [ensured] = await db.query<{ id: string }>(
    `WITH made AS (
       INSERT INTO webhook_endpoints (id, owner_id, is_default, events, secret) VALUES ($1, $2, true, '{}', $3)
         ON CONFLICT (owner_id) WHERE is_default DO NOTHING RETURNING id
     )
     SELECT id FROM made UNION ALL SELECT id FROM webhook_endpoints WHERE owner_id = $2 AND is_default`,
    [newId(), ownerId, secret],
  );
  // Of two who make it at once, one sees neither its own nor, yet, the other's.
  return ensured?.id ?? ensureDefaultEndpoint(db, { ownerId, secret });
}

/** The owner's endpoint, or null. */
export async function findEndpoint(
  db: Database,
  { id, ownerId }: OwnedEndpoint,
): Promise<EndpointRecord | null> {
  const [found] = await db.query<EndpointRecord & { [column: string]: unknown }>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = $1 AND owner_id = $2`,
    [id, ownerId],
  );
  return found ?? null;
}

/** The owner's endpoints without the default one, newest first, `limit` at most, from after `after` on. */
export async function listEndpoints(
  db: Database,
  { ownerId, after, limit }: { ownerId: string; after?: Position | undefined; limit: number },
): Promise<EndpointRecord[]> {
  return db.query(
    `SELECT ${COLUMNS} FROM webhook_endpoints
       WHERE owner_id = $1 AND NOT is_default
         AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $4`,
    [ownerId, after?.createdAt ?? null, after?.id ?? null, limit],
  );
}

/** Changes the owner's endpoint. Disabled, what it was to be told is held. Null: there is none. */
export async function updateEndpoint(
  db: Database,
  where: OwnedEndpoint,
  change: EndpointChange,
): Promise<EndpointRecord | null> {
  const { url, description, events, contactEmail, isEnabled } = change;
  return db.transaction(async (query) => {
    const [updated] = await query<EndpointRecord & { [column: string]: unknown }>(
      `UPDATE webhook_endpoints SET
           url = coalesce($3, url), description = coalesce($4, description), events = coalesce($5, events),
           contact_email = CASE WHEN $6 THEN $7 ELSE contact_email END,
           disabled_at = CASE WHEN $8 THEN NULL WHEN NOT $8 THEN coalesce(disabled_at, now()) ELSE disabled_at END,
           disabled_reason = CASE WHEN $8 THEN NULL WHEN NOT $8 THEN coalesce(disabled_reason, 'Its owner disabled it.')
             ELSE disabled_reason END,
           failing_since = CASE WHEN $8 THEN NULL ELSE failing_since END
         WHERE id = $1 AND owner_id = $2 AND NOT is_default RETURNING ${COLUMNS}`,
      [
        ...[where.id, where.ownerId, url ?? null, description ?? null, events ?? null],
        ...[contactEmail !== undefined, contactEmail ?? null, isEnabled ?? null],
      ],
    );
    if (updated?.disabledAt) await query(HOLD, [where.id]);
    return updated ?? null;
  });
}

/** What is not delivered waits until its owner replays it. */
const HOLD = `UPDATE deliveries SET status = 'held', next_at = NULL WHERE endpoint_id = $1 AND status = 'pending'`;

const DELETED_AT_ONCE = 5000;

/** Deletes the owner's endpoint, with all that it was told. False: there is none. */
export async function deleteEndpoint(
  db: Database,
  { id, ownerId }: OwnedEndpoint,
): Promise<boolean> {
  const found = await updateEndpoint(db, { id, ownerId }, { isEnabled: false });
  if (!found) return false;
  // Little by little: whoever relays events waits for a statement that deletes an endpoint.
  for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE;) {
    const rows = await db.query(
      `DELETE FROM deliveries WHERE id IN (
         SELECT id FROM deliveries WHERE endpoint_id = $1 LIMIT ${DELETED_AT_ONCE}) RETURNING 1`,
      [id],
    );
    deleted = rows.length;
  }
  await db.query('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
  return true;
}

/** Gives the endpoint another secret; the one before signs, too, for `overlapMs`. Null: there is none. */
export async function rotateEndpointSecret(
  db: Database,
  { id, ownerId }: OwnedEndpoint,
  { secret, overlapMs }: { secret: string; overlapMs: number },
): Promise<EndpointRecord | null> {
  const [rotated] = await db.query<EndpointRecord & { [column: string]: unknown }>(
    `UPDATE webhook_endpoints
       SET previous_secret = CASE WHEN $4::float > 0 THEN secret END,
           previous_until = CASE WHEN $4::float > 0 THEN now() + $4::float * interval '1 ms' END, secret = $3
       WHERE id = $1 AND owner_id = $2 RETURNING ${COLUMNS}`,
    [id, ownerId, secret, overlapMs],
  );
  return rotated ?? null;
}

/** Tells an endpoint nothing more, and writes to whom it may concern. Does nothing for one that is disabled. */
export async function disableEndpoint(
  query: Database['query'],
  { id, reason }: { id: string; reason: string },
): Promise<boolean> {
  const rows = await query(
    `WITH disabled AS (
       UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = $2
         WHERE id = $1 AND disabled_at IS NULL AND NOT is_default RETURNING id, owner_id, url, contact_email
     ), told AS (
       INSERT INTO emails (owner_id, address, event, body)
         SELECT owner_id, contact_email, 'webhook_endpoint.disabled',
             jsonb_build_object('endpoint_id', id, 'url', url, 'reason', $2::text)
           FROM disabled WHERE contact_email IS NOT NULL
     )
     SELECT id FROM disabled`,
    [id, reason],
  );
  if (rows.length === 0) return false;
  await query(HOLD, [id]);
  return true;
}
