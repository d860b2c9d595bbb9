-- States are those of packages/core; the row refuses any other.
ALTER TABLE generations ADD CONSTRAINT generations_status
  CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled'));
ALTER TABLE shots ADD CONSTRAINT shots_status
  CHECK (status IN ('queued', 'active', 'done', 'failed', 'cancelled'));
ALTER TABLE attempts ADD CONSTRAINT attempts_state
  CHECK (state IN ('claimed', 'dispatching', 'dispatched', 'started', 'executed', 'stored', 'ended'));

-- Claims and due scans read only what waits.
CREATE INDEX shots_ready ON shots (lane, owner_id, priority DESC, created_at) WHERE status = 'queued';
CREATE INDEX shots_oldest ON shots (priority DESC, created_at) WHERE status = 'queued';
CREATE UNIQUE INDEX attempts_one_open_per_shot ON attempts (shot_id) WHERE state NOT IN ('stored', 'ended');
CREATE INDEX attempts_open_by_instance ON attempts (instance_id) WHERE state NOT IN ('stored', 'ended');
CREATE INDEX attempts_to_finalize ON attempts (next_finalize_at) WHERE state = 'executed';
CREATE INDEX attempts_by_shot ON attempts (shot_id, claimed_at DESC);

-- Renewed every 1.5 s: room on the page keeps these updates off the index.
ALTER TABLE instance_leases SET (fillfactor = 50);

-- Takes up to cardinality(p_attempt_ids) waiting shots for one instance, best first, by the ranked pairs
-- (lane, owner); NULL in a pair means any. One round trip, so no lock outlives the call.
-- Raises AF001 when the caller no longer holds the lease.
CREATE FUNCTION claim_shots(
  p_instance uuid, p_epoch bigint, p_worker uuid, p_client_id text,
  p_attempt_ids uuid[], p_lanes text[], p_owners uuid[]
) RETURNS TABLE (attempt_id uuid, shot_id uuid, generation_id uuid, tries int, graph jsonb, uploads jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  picked int := 0;
  wanted int := cardinality(p_attempt_ids);
  shot shots;
BEGIN
  PERFORM 1 FROM instance_leases
    WHERE instance_id = p_instance AND epoch = p_epoch AND worker_id = p_worker AND expires_at > now()
    FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'lease lost' USING ERRCODE = 'AF001';
  END IF;

  -- A loop, not one join with ORDER BY: the sort would lock rows that are not taken, and other claimers would skip them.
  FOR pair IN 1 .. cardinality(p_lanes) LOOP
    FOR shot IN
      SELECT * FROM shots s
        WHERE s.status = 'queued'
          AND (p_lanes[pair] IS NULL OR s.lane = p_lanes[pair])
          AND (p_owners[pair] IS NULL OR s.owner_id = p_owners[pair])
          AND (s.not_before IS NULL OR s.not_before <= now())
          AND NOT p_instance = ANY (s.avoid_instances)
          AND (s.reserved_until IS NULL OR s.reserved_until < now() OR s.reserved_for = p_instance)
        ORDER BY s.priority DESC, s.created_at
        LIMIT wanted - picked
        FOR UPDATE SKIP LOCKED
    LOOP
      picked := picked + 1;
      INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id)
        VALUES (p_attempt_ids[picked], shot.id, p_instance, p_epoch, p_client_id);
      UPDATE shots SET status = 'active', current_attempt_id = p_attempt_ids[picked] WHERE id = shot.id;
      RETURN QUERY
        SELECT p_attempt_ids[picked], shot.id, shot.generation_id, shot.tries + shot.mishaps + shot.idle_ends,
               g.graph, g.uploads
          FROM shot_graphs g WHERE g.shot_id = shot.id;
    END LOOP;
    EXIT WHEN picked = wanted;
  END LOOP;
END $$;

-- Enters a terminal state once, with the event that tells of it.
CREATE FUNCTION finish_generation(p_generation uuid, p_status text, p_code text, p_message text) RETURNS void
LANGUAGE sql AS $$
  WITH finished AS (
    UPDATE generations
      SET status = p_status, finished_at = now(), seq = seq + 1, error_code = p_code, error_message = p_message
      WHERE id = p_generation AND status IN ('queued', 'processing')
      RETURNING id, seq
  )
  INSERT INTO outbox (event, generation_id, seq)
    SELECT 'generation.' || p_status, id, seq FROM finished
$$;

-- A driver's `started`: fenced by epoch. The generation is processing from its first started shot on.
CREATE FUNCTION start_attempt(p_attempt uuid, p_epoch bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_generation uuid;
BEGIN
  UPDATE attempts a SET state = 'started', started_at = now()
    FROM shots s
    WHERE a.id = p_attempt AND a.driver_epoch = p_epoch AND a.state IN ('dispatching', 'dispatched') AND s.id = a.shot_id
    RETURNING s.generation_id INTO v_generation;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  WITH started AS (
    UPDATE generations SET status = 'processing', started_at = now(), seq = seq + 1
      WHERE id = v_generation AND status = 'queued'
      RETURNING id, seq
  )
  INSERT INTO outbox (event, generation_id, seq) SELECT 'generation.started', id, seq FROM started;
  RETURN true;
END $$;

-- An attempt ends without a stored result. The caller (packages/core) says what that means:
-- p_end = {reason, detail, message, retry, counts, backoff_ms, max}. This decides what the shot becomes, and a requested
-- cancel wins over every way back to `queued`. Returns the shot's new status, NULL when fenced off.
CREATE FUNCTION end_attempt(p_attempt uuid, p_epoch bigint, p_end jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_shot_id uuid;
  v_generation generations;
  v_ends int;
  v_status text;
BEGIN
  UPDATE attempts SET state = 'ended', ended_at = now(), end_reason = p_end ->> 'reason', end_detail = p_end ->> 'detail'
    WHERE id = p_attempt AND driver_epoch = p_epoch AND state NOT IN ('stored', 'ended')
    RETURNING shot_id INTO v_shot_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g JOIN shots s ON s.generation_id = g.id
    WHERE s.id = v_shot_id FOR UPDATE OF g;
  UPDATE shots SET
      tries = tries + (p_end ->> 'counts' = 'try')::int,
      mishaps = mishaps + (p_end ->> 'counts' = 'mishap')::int,
      idle_ends = idle_ends + (p_end ->> 'counts' = 'idle')::int,
      current_attempt_id = NULL
    WHERE id = v_shot_id AND status = 'active' AND current_attempt_id = p_attempt
    RETURNING CASE p_end ->> 'counts' WHEN 'try' THEN tries WHEN 'mishap' THEN mishaps ELSE idle_ends END INTO v_ends;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_status := CASE
    WHEN v_generation.cancel_requested_at IS NOT NULL OR v_generation.finished_at IS NOT NULL THEN 'cancelled'
    WHEN NOT (p_end ->> 'retry')::boolean OR v_ends >= (p_end ->> 'max')::int THEN 'failed'
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

-- The outputs of an attempt are in object storage: makes them Files of the owner, ends the shot, and with the last shot
-- the generation. p_outputs: [{ordinal, file_id, sha256, object_key, size, mime_type, width, height, filename}].
-- Of two finalizers the first to finish wins. Returns the object keys that are not needed since a live blob holds the same
-- bytes; NULL when another was faster.
CREATE FUNCTION store_attempt(p_attempt uuid, p_outputs jsonb) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  v_shot shots;
  v_generation generations;
  v_output record;
  v_key text;
  v_file uuid;
  v_unused text[] := '{}';
BEGIN
  UPDATE attempts SET state = 'stored', ended_at = now(), finalize_until = NULL
    WHERE id = p_attempt AND state = 'executed'
    RETURNING shot_id INTO v_shot.id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g JOIN shots s ON s.generation_id = g.id
    WHERE s.id = v_shot.id FOR UPDATE OF g;
  FOR v_output IN
    -- In the order of the hash: two finalizers with the same pictures take their row locks in the same order.
    SELECT * FROM jsonb_to_recordset(p_outputs) AS o(
      ordinal int, file_id uuid, sha256 text, object_key text, size int, mime_type text, width int, height int, filename text)
      ORDER BY sha256, ordinal
  LOOP
    INSERT INTO blobs AS b (sha256, object_key, size, mime_type, width, height)
      VALUES (v_output.sha256, v_output.object_key, v_output.size, v_output.mime_type, v_output.width, v_output.height)
      ON CONFLICT (sha256) DO UPDATE SET condemned_at = NULL
      RETURNING b.object_key INTO v_key;
    IF v_key <> v_output.object_key THEN
      v_unused := v_unused || v_output.object_key;
    END IF;
    INSERT INTO files AS f (id, owner_id, sha256, kind, filename)
      VALUES (v_output.file_id, v_generation.owner_id, v_output.sha256, 'output', v_output.filename)
      ON CONFLICT (owner_id, sha256) DO UPDATE SET deleted_at = NULL
      RETURNING f.id INTO v_file;
    INSERT INTO generation_outputs (shot_id, ordinal, generation_id, file_id)
      VALUES (v_shot.id, v_output.ordinal, v_generation.id, v_file);
  END LOOP;
  UPDATE shots SET status = 'done' WHERE id = v_shot.id AND status = 'active';
  UPDATE generations SET shots_done = shots_done + 1, started_at = coalesce(started_at, now())
    WHERE id = v_generation.id
    RETURNING * INTO v_generation;
  IF v_generation.shots_done = v_generation.shots_total THEN
    PERFORM finish_generation(v_generation.id, 'completed', NULL, NULL);
  END IF;
  RETURN v_unused;
END $$;
