import type { Database } from '@avatarforge/db';

/** One change of state that was committed, the oldest first. */
export interface Change {
  thing: 'generations' | 'shots' | 'attempts';
  id: string;
  /** Null for what is new. */
  was: string | null;
  becomes: string;
  /** A cancel had been requested of its generation; null for attempts. */
  isCancelled: boolean | null;
}

/** Has Postgres write down each change of state from now on. */
export async function noteChanges(database: Database): Promise<void> {
  await database.query(
    `CREATE TABLE changes (
       n bigserial PRIMARY KEY, thing text, id uuid, was text, becomes text, is_cancelled boolean, at timestamptz DEFAULT clock_timestamp())`,
  );
  await database.query(
    `CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
     DECLARE
       v_was text := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) ->> TG_ARGV[0] END;
       v_new jsonb := to_jsonb(NEW);
     BEGIN
       IF v_was IS DISTINCT FROM v_new ->> TG_ARGV[0] THEN
         INSERT INTO changes (thing, id, was, becomes, is_cancelled)
           VALUES (TG_TABLE_NAME, NEW.id, v_was, v_new ->> TG_ARGV[0],
             (SELECT cancel_requested_at IS NOT NULL FROM generations
                WHERE id = coalesce(v_new ->> 'generation_id', v_new ->> 'id')::uuid));
       END IF;
       RETURN NULL;
     END $$`,
  );
  const states = { generations: 'status', shots: 'status', attempts: 'state' };
  for (const [table, column] of Object.entries(states)) {
    await database.query(
      `CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON ${table}
         FOR EACH ROW EXECUTE FUNCTION note_change('${column}')`,
    );
  }
}

/** What was written down. */
export function readChanges(database: Database): Promise<Change[]> {
  return database.query(
    `SELECT thing, id, was, becomes, is_cancelled AS "isCancelled" FROM changes ORDER BY n`,
  );
}
