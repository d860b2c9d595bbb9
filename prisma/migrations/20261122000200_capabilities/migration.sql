-- What instances answer to /object_info, once for all that answer alike. Kept as text: nothing but the check of graphs
-- reads it, and it is megabytes.
CREATE TABLE node_catalogs (
  hash text NOT NULL,
  definitions json NOT NULL,
  seen_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT node_catalogs_pkey PRIMARY KEY (hash)
);

ALTER TABLE instances
  ADD COLUMN catalog_hash text,
  ADD COLUMN models jsonb,
  ADD COLUMN capabilities_seen_at timestamptz(3),
  ADD CONSTRAINT instances_catalog_hash_fkey FOREIGN KEY (catalog_hash) REFERENCES node_catalogs (hash)
    ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX instances_catalog_hash_idx ON instances (catalog_hash);

-- Outputs are not all pictures, and not every graph names a seed.
ALTER TABLE blobs ALTER COLUMN width DROP NOT NULL, ALTER COLUMN height DROP NOT NULL;
ALTER TABLE shots ALTER COLUMN seed DROP NOT NULL;

-- An attempt ends without a stored result. The caller (packages/core) says what that means:
-- p_end = {reason, detail, message, retry, elsewhere, counts, backoff_ms, max}. This decides what the shot becomes, and a
-- requested cancel wins over every way back to `queued`. `elsewhere`: not on this instance again, and no further when
-- there is no other. Returns the shot's new status, NULL when fenced off.
CREATE OR REPLACE FUNCTION end_attempt(p_attempt uuid, p_epoch bigint, p_end jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_shot_id uuid;
  v_instance uuid;
  v_generation generations;
  v_ends int;
  v_status text;
BEGIN
  UPDATE attempts SET state = 'ended', ended_at = now(), end_reason = p_end ->> 'reason', end_detail = p_end ->> 'detail'
    WHERE id = p_attempt AND driver_epoch = p_epoch AND state NOT IN ('stored', 'ended')
    RETURNING shot_id, instance_id INTO v_shot_id, v_instance;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g JOIN shots s ON s.generation_id = g.id
    WHERE s.id = v_shot_id FOR UPDATE OF g;
  UPDATE shots SET
      tries = tries + (p_end ->> 'counts' = 'try')::int,
      mishaps = mishaps + (p_end ->> 'counts' = 'mishap')::int,
      idle_ends = idle_ends + (p_end ->> 'counts' = 'idle')::int,
      avoid_instances = CASE
        WHEN (p_end ->> 'elsewhere')::boolean AND NOT v_instance = ANY (avoid_instances) THEN avoid_instances || v_instance
        ELSE avoid_instances
      END,
      current_attempt_id = NULL
    WHERE id = v_shot_id AND status = 'active' AND current_attempt_id = p_attempt
    RETURNING CASE p_end ->> 'counts' WHEN 'try' THEN tries WHEN 'mishap' THEN mishaps ELSE idle_ends END INTO v_ends;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_status := CASE
    WHEN v_generation.cancel_requested_at IS NOT NULL OR v_generation.finished_at IS NOT NULL THEN 'cancelled'
    WHEN NOT (p_end ->> 'retry')::boolean OR v_ends >= (p_end ->> 'max')::int THEN 'failed'
    WHEN (p_end ->> 'elsewhere')::boolean AND NOT EXISTS (
      SELECT 1 FROM instances i JOIN shots s ON s.id = v_shot_id
        WHERE i.removed_at IS NULL AND NOT i.id = ANY (s.avoid_instances)) THEN 'failed'
    ELSE 'queued'
  END;
  UPDATE shots SET
      status = v_status,
      not_before = now() + least((p_end ->> 'backoff_ms')::int * 2 ^ least(v_ends - 1, 10), 60000) * interval '1 ms'
    WHERE id = v_shot_id;
  IF v_status = 'failed' THEN
    PERFORM finish_generation(v_generation.id, 'failed', p_end ->> 'reason', p_end ->> 'message');
    UPDATE shots SET status = 'cancelled' WHERE generation_id = v_generation.id AND status = 'queued';
  ELSIF v_status = 'cancelled' THEN
    PERFORM finish_generation(v_generation.id, 'cancelled', NULL, NULL)
      WHERE NOT EXISTS (
        SELECT 1 FROM shots WHERE generation_id = v_generation.id AND status IN ('queued', 'active'));
  END IF;
  RETURN v_status;
END $$;
