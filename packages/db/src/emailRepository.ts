import type { Database } from './database';

/** How long a claim holds. */
const CLAIM_MS = 120_000;

/** A letter that is to be sent now. */
export interface EmailClaim {
  id: string;
  ownerId: string;
  address: string;
  event: string;
  body: unknown;
  /** This one included. */
  tries: number;
  /** With which whoever has the letter can say that no more are wanted. */
  token: string;
}

/**
 * Claims the longest-due letter, or null when none is due. Letters to those who want none are set aside. A claim that nobody
 * finished is due again two minutes later.
 */
export async function claimEmail(db: Database): Promise<EmailClaim | null> {
  await db.query(
    `UPDATE emails SET status = 'unwanted', next_at = NULL, finished_at = now()
       WHERE id IN (
         SELECT e.id FROM emails e JOIN email_addresses a ON a.address = lower(e.address)
           WHERE e.next_at <= now() AND a.unsubscribed_at IS NOT NULL
           FOR UPDATE OF e SKIP LOCKED)`,
  );
  const [claim] = await db.query<EmailClaim & { [column: string]: unknown }>(
    `WITH due AS (
       SELECT id FROM emails WHERE next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE emails e SET tries = tries + 1, next_at = now() + $1 * interval '1 ms'
         FROM due WHERE e.id = due.id
         RETURNING e.id, e.owner_id, e.address, e.event, e.body, e.tries
     ), known AS (
       INSERT INTO email_addresses (address) SELECT lower(address) FROM claimed
         ON CONFLICT (address) DO UPDATE SET address = excluded.address
         RETURNING token
     )
     SELECT id, owner_id AS "ownerId", address, event, body, tries, token FROM claimed, known`,
    [CLAIM_MS],
  );
  return claim ?? null;
}

/** The letter of this claim was taken by the server. */
export async function markEmailSent(db: Database, { id, tries }: EmailClaim): Promise<void> {
  await db.query(
    `UPDATE emails SET status = 'sent', next_at = NULL, error = NULL, finished_at = now()
       WHERE id = $1 AND tries = $2 AND status = 'pending'`,
    [id, tries],
  );
}

/** The letter of this claim was not taken; due again after `delayMs`, or given up where that is null. */
export async function postponeEmail(
  db: Database,
  { id, tries }: EmailClaim,
  { delayMs, error }: { delayMs: number | null; error: string },
): Promise<void> {
  await db.query(
    `UPDATE emails SET error = $4, next_at = now() + $3 * interval '1 ms',
         status = CASE WHEN $3::float IS NULL THEN 'failed' ELSE 'pending' END,
         finished_at = CASE WHEN $3::float IS NULL THEN now() END
       WHERE id = $1 AND tries = $2 AND status = 'pending'`,
    [id, tries, delayMs, error],
  );
}

/** The address of this token; null for a token that is none. */
export async function findEmailAddress(db: Database, token: string): Promise<string | null> {
  const [found] = await db.query<{ address: string }>(
    'SELECT address FROM email_addresses WHERE token = $1',
    [token],
  );
  return found?.address ?? null;
}

/** No more letters go to the address of this token. False for a token that is none. */
export async function unsubscribe(db: Database, token: string): Promise<boolean> {
  const rows = await db.query(
    `UPDATE email_addresses SET unsubscribed_at = coalesce(unsubscribed_at, now()) WHERE token = $1 RETURNING token`,
    [token],
  );
  return rows.length === 1;
}
