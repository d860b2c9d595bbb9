-- What is stored of a picture that had something to remove (metadata, a turn) is smaller than what was sent. Checked is what
-- was uploaded and stripped; what a generation made may be anything.
ALTER TABLE blobs ADD COLUMN stored_size integer, ADD COLUMN is_checked boolean NOT NULL DEFAULT false;
CREATE INDEX blobs_condemned ON blobs (condemned_at) WHERE condemned_at IS NOT NULL;

-- Files that are there already count as used now.
ALTER TABLE files ADD COLUMN used_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX files_owner_id_created_at_id_idx ON files (owner_id, created_at DESC, id DESC);
CREATE INDEX files_unused ON files (owner_id, used_at) WHERE deleted_at IS NULL;

ALTER TABLE generations ADD COLUMN request jsonb, ADD COLUMN retry_of uuid;
CREATE INDEX generations_by_status ON generations (owner_id, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX generations_trash ON generations (deleted_at) WHERE deleted_at IS NOT NULL;

-- Objects that no blob names: about to be written, or to be deleted. Its row is written before the object, so whoever
-- dies in between leaves nothing unknown.
CREATE TABLE loose_objects (
  object_key text NOT NULL,
  delete_after timestamptz(3) NOT NULL,
  is_deleting boolean NOT NULL DEFAULT false,
  CONSTRAINT loose_objects_pkey PRIMARY KEY (object_key)
);
CREATE INDEX loose_objects_delete_after_idx ON loose_objects (delete_after);

CREATE TABLE direct_uploads (
  id uuid NOT NULL,
  owner_id uuid NOT NULL,
  object_key text NOT NULL,
  kind text NOT NULL,
  filename text NOT NULL,
  size integer NOT NULL,
  mime_type text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  busy_until timestamptz(3),
  file_id uuid,
  CONSTRAINT direct_uploads_pkey PRIMARY KEY (id),
  CONSTRAINT direct_uploads_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX direct_uploads_expires_at_idx ON direct_uploads (expires_at);

CREATE TABLE idempotency_keys (
  owner_id uuid NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  generation_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (owner_id, operation, key),
  CONSTRAINT idempotency_keys_generation_id_fkey FOREIGN KEY (generation_id) REFERENCES generations (id)
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_generation_id_idx ON idempotency_keys (generation_id);

-- When recurring work is due; whoever moves the time forward does it.
CREATE TABLE schedules (
  name text NOT NULL,
  due_at timestamptz(3) NOT NULL,
  CONSTRAINT schedules_pkey PRIMARY KEY (name)
);

-- Who runs the installation may also clean it up.
UPDATE api_keys k SET scopes = scopes || '{admin}' FROM users u
  WHERE u.id = k.user_id AND u.role = 'admin' AND NOT 'admin' = ANY (scopes);

-- All that follows takes its row locks in one order, so that nobody waits in a circle: attempt, generation, blobs by their
-- hash, files by their id, references to files.

-- Holds off whoever would use, delete or refer to the given Files.
CREATE FUNCTION lock_files(p_files uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM blobs WHERE sha256 IN (SELECT sha256 FROM files WHERE id = ANY (p_files)) ORDER BY sha256 FOR UPDATE;
  PERFORM 1 FROM files WHERE id = ANY (p_files) ORDER BY id FOR UPDATE;
END $$;

-- Names the bytes of an object that was just written, or finds that a blob of the same content lives: then the object stays
-- loose, to be deleted at once. It takes the place of the blob's own where that one is p_lost, or was not checked and this one
-- was; whoever has just found the old one may still read it for a day. The row lock on the blob holds off its deletion until
-- the File that needs it is committed. Raises AF002 when the writer took so long that its object was cleaned up.
CREATE FUNCTION keep_blob(p_key text, p_sha256 text, p_facts jsonb, p_lost text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_new blobs := jsonb_populate_record(NULL::blobs, p_facts);
  v_old blobs;
BEGIN
  DELETE FROM loose_objects WHERE object_key = p_key AND NOT is_deleting;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the object is gone' USING ERRCODE = 'AF002';
  END IF;
  INSERT INTO blobs AS b (sha256, object_key, size, stored_size, mime_type, width, height, is_checked)
    VALUES (p_sha256, p_key, v_new.size, v_new.stored_size, v_new.mime_type, v_new.width, v_new.height, v_new.is_checked)
    ON CONFLICT (sha256) DO UPDATE SET condemned_at = NULL
    RETURNING b.* INTO v_old;
  IF v_old.object_key = p_key THEN
    RETURN;
  ELSIF v_old.object_key = p_lost OR (v_new.is_checked AND NOT v_old.is_checked) THEN
    UPDATE blobs SET object_key = p_key, stored_size = v_new.stored_size, mime_type = v_new.mime_type,
        width = v_new.width, height = v_new.height, is_checked = v_new.is_checked
      WHERE sha256 = p_sha256;
    INSERT INTO loose_objects (object_key, delete_after) VALUES (v_old.object_key, now() + interval '1 day');
  ELSE
    INSERT INTO loose_objects (object_key, delete_after) VALUES (p_key, now());
  END IF;
END $$;

-- Removes those of the given Files that are deleted and needed by no generation. Their blobs are condemned: looked at again
-- after the grace, and kept when another File names them. Locks first: a reference that is being written is waited for.
CREATE FUNCTION purge_files(p_files uuid[]) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_count int;
BEGIN
  PERFORM lock_files(p_files);
  WITH gone AS (
    DELETE FROM files f
      WHERE f.id = ANY (p_files) AND f.deleted_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM generation_files WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM generation_outputs WHERE file_id = f.id)
      RETURNING f.sha256
  ), condemned AS (
    UPDATE blobs b SET condemned_at = now() FROM gone WHERE b.sha256 = gone.sha256
  )
  SELECT count(*) INTO v_count FROM gone;
  RETURN v_count;
END $$;

-- Deletes a File: for good when no generation needs it, else it is hidden until none does. p_force: takes it from finished
-- generations too. Returns 'deleted', 'hidden', 'in_use' (by an unfinished generation), or NULL when there is none.
CREATE FUNCTION delete_file(p_file uuid, p_owner uuid, p_force boolean) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_files(array(SELECT id FROM files WHERE id = p_file AND owner_id = p_owner));
  PERFORM 1 FROM files WHERE id = p_file AND owner_id = p_owner AND (deleted_at IS NULL OR p_force);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p_force THEN
    IF EXISTS (
      SELECT 1 FROM generation_files r JOIN generations g ON g.id = r.generation_id
        WHERE r.file_id = p_file AND g.status IN ('queued', 'processing')) THEN
      RETURN 'in_use';
    END IF;
    DELETE FROM generation_files WHERE file_id = p_file;
    DELETE FROM generation_outputs WHERE file_id = p_file;
  END IF;
  UPDATE files SET deleted_at = coalesce(deleted_at, now()) WHERE id = p_file;
  RETURN CASE WHEN purge_files(ARRAY[p_file]) = 1 THEN 'deleted' ELSE 'hidden' END;
END $$;

-- Deletes Files that no generation needs and that were last used before p_before; of all owners when p_owner is NULL.
-- Returns how many.
CREATE FUNCTION delete_orphans(p_before timestamptz, p_owner uuid, p_limit int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_files uuid[];
BEGIN
  SELECT array_agg(id) INTO v_files FROM (
    SELECT id FROM files f
      WHERE f.deleted_at IS NULL AND f.used_at < p_before
        AND (p_owner IS NULL OR f.owner_id = p_owner)
        AND NOT EXISTS (SELECT 1 FROM generation_files WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM generation_outputs WHERE file_id = f.id)
      LIMIT p_limit) AS orphan;
  PERFORM lock_files(v_files);
  -- What was used or referred to before it was locked stays.
  UPDATE files f SET deleted_at = now() WHERE f.id = ANY (v_files) AND f.used_at < p_before
    AND NOT EXISTS (SELECT 1 FROM generation_files WHERE file_id = f.id)
    AND NOT EXISTS (SELECT 1 FROM generation_outputs WHERE file_id = f.id);
  RETURN purge_files(v_files);
END $$;

-- Lets go of condemned blobs whose grace is over: their objects become loose, to be deleted. One that a File names again is
-- pardoned. Says how many it looked at, and how many of them went.
CREATE FUNCTION release_blobs(p_grace_ms bigint, p_limit int, OUT looked_at int, OUT released int)
LANGUAGE plpgsql AS $$
DECLARE
  v_blob blobs;
BEGIN
  looked_at := 0;
  released := 0;
  FOR v_blob IN
    SELECT * FROM blobs WHERE condemned_at <= now() - p_grace_ms * interval '1 ms'
      ORDER BY condemned_at LIMIT p_limit FOR UPDATE SKIP LOCKED
  LOOP
    looked_at := looked_at + 1;
    IF EXISTS (SELECT 1 FROM files WHERE sha256 = v_blob.sha256) THEN
      UPDATE blobs SET condemned_at = NULL WHERE sha256 = v_blob.sha256;
    ELSE
      DELETE FROM blobs WHERE sha256 = v_blob.sha256;
      INSERT INTO loose_objects (object_key, delete_after) VALUES (v_blob.object_key, now());
      released := released + 1;
    END IF;
  END LOOP;
END $$;

-- Cancels what of a generation can be cancelled. Returns 'cancelled' (it is over), 'requested' (its running shots are being
-- stopped), 'too_late' (all that is left of it is drawn already), 'finished', or NULL when there is none.
CREATE FUNCTION cancel_generation(p_generation uuid, p_owner uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_generation generations;
  v_cancelled int;
  v_running boolean;
BEGIN
  SELECT * INTO v_generation FROM generations
    WHERE id = p_generation AND owner_id = p_owner AND deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF v_generation.finished_at IS NOT NULL THEN
    RETURN 'finished';
  END IF;
  UPDATE shots SET status = 'cancelled' WHERE generation_id = p_generation AND status = 'queued';
  GET DIAGNOSTICS v_cancelled = ROW_COUNT;
  v_running := EXISTS (
    SELECT 1 FROM shots s JOIN attempts a ON a.id = s.current_attempt_id
      WHERE s.generation_id = p_generation AND s.status = 'active' AND a.state NOT IN ('executed', 'stored', 'ended'));
  IF v_cancelled = 0 AND NOT v_running AND v_generation.cancel_requested_at IS NULL THEN
    RETURN 'too_late';
  END IF;
  UPDATE generations SET cancel_requested_at = coalesce(cancel_requested_at, now()) WHERE id = p_generation;
  IF EXISTS (SELECT 1 FROM shots WHERE generation_id = p_generation AND status = 'active') THEN
    RETURN 'requested';
  END IF;
  PERFORM finish_generation(p_generation, 'cancelled', NULL, NULL);
  RETURN 'cancelled';
END $$;

-- Puts a generation into the trash: cancelled if it runs, and out of sight with the pictures that it alone made. False when
-- there is none.
CREATE FUNCTION delete_generation(p_generation uuid, p_owner uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF cancel_generation(p_generation, p_owner) IS NULL THEN
    RETURN false;
  END IF;
  -- What is drawn already is stored, but nothing of it is drawn again.
  UPDATE generations SET deleted_at = now(),
      cancel_requested_at = CASE WHEN finished_at IS NULL THEN coalesce(cancel_requested_at, now()) ELSE cancel_requested_at END
    WHERE id = p_generation;
  PERFORM lock_files(array(SELECT file_id FROM generation_outputs WHERE generation_id = p_generation));
  UPDATE files f SET deleted_at = now()
    FROM generation_outputs o
    WHERE o.generation_id = p_generation AND f.id = o.file_id AND f.kind = 'output' AND f.deleted_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM generation_outputs other JOIN generations g ON g.id = other.generation_id
          WHERE other.file_id = f.id AND g.deleted_at IS NULL)
      AND NOT EXISTS (
        SELECT 1 FROM generation_files r JOIN generations g ON g.id = r.generation_id
          WHERE r.file_id = f.id AND g.deleted_at IS NULL);
  RETURN true;
END $$;

-- Forgets the generation that has been in the trash for longest, if that is p_age_ms or more, with the Files that only it
-- needed. Returns how many, 0 or 1.
CREATE FUNCTION empty_trash(p_age_ms bigint) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_generation uuid;
  v_files uuid[];
BEGIN
  SELECT id INTO v_generation FROM generations g
    WHERE g.deleted_at <= now() - p_age_ms * interval '1 ms' AND g.finished_at IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM shots s JOIN attempts a ON a.shot_id = s.id
          WHERE s.generation_id = g.id AND a.state NOT IN ('stored', 'ended'))
    ORDER BY g.deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  SELECT array_agg(file_id) INTO v_files FROM (
    SELECT file_id FROM generation_files WHERE generation_id = v_generation
    UNION SELECT file_id FROM generation_outputs WHERE generation_id = v_generation) AS used;
  PERFORM lock_files(v_files);
  DELETE FROM generations WHERE id = v_generation;
  PERFORM purge_files(v_files);
  RETURN 1;
END $$;

-- A driver's `executed`: fenced by epoch. A cancel that was requested before wins, although the run is over: the attempt ends
-- as cancelled. Locks the attempt, then the generation, as end_attempt does. Returns the attempt's new state, NULL when fenced off.
CREATE FUNCTION execute_attempt(p_attempt uuid, p_epoch bigint, p_manifest jsonb, p_gpu_ms int, p_cancelled jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_generation generations;
BEGIN
  PERFORM start_attempt(p_attempt, p_epoch);
  PERFORM 1 FROM attempts WHERE id = p_attempt AND driver_epoch = p_epoch AND state IN ('dispatching', 'dispatched', 'started')
    FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g
    JOIN shots s ON s.generation_id = g.id JOIN attempts a ON a.shot_id = s.id
    WHERE a.id = p_attempt FOR UPDATE OF g;
  IF v_generation.cancel_requested_at IS NOT NULL THEN
    PERFORM end_attempt(p_attempt, p_epoch, p_cancelled);
    RETURN 'ended';
  END IF;
  UPDATE attempts SET state = 'executed', executed_at = now(), next_finalize_at = now(), manifest = p_manifest,
      gpu_ms = coalesce(p_gpu_ms, extract(epoch FROM now() - started_at) * 1000)
    WHERE id = p_attempt;
  RETURN 'executed';
END $$;

-- The outputs of an attempt are in object storage: makes them Files of the owner, ends the shot, and with the last shot the
-- generation. p_outputs: [{ordinal, file_id, sha256, object_key, size, mime_type, width, height, filename}]. Of two finalizers
-- the first to finish wins. What a deleted generation made is as hidden as it is. NULL when another was faster.
CREATE OR REPLACE FUNCTION store_attempt(p_attempt uuid, p_outputs jsonb) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  v_shot_id uuid;
  v_generation generations;
  v_output record;
  v_file uuid;
BEGIN
  UPDATE attempts SET state = 'stored', ended_at = now(), finalize_until = NULL
    WHERE id = p_attempt AND state = 'executed'
    RETURNING shot_id INTO v_shot_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g JOIN shots s ON s.generation_id = g.id
    WHERE s.id = v_shot_id FOR UPDATE OF g;
  FOR v_output IN
    -- In the order of the hash: two finalizers with the same pictures take their row locks in the same order.
    SELECT * FROM jsonb_to_recordset(p_outputs) AS o(
      ordinal int, file_id uuid, sha256 text, object_key text, size int, mime_type text, width int, height int, filename text)
      ORDER BY sha256, ordinal
  LOOP
    PERFORM keep_blob(v_output.object_key, v_output.sha256, to_jsonb(v_output) || '{"is_checked": false}', NULL);
    INSERT INTO files AS f (id, owner_id, sha256, kind, filename, deleted_at)
      VALUES (v_output.file_id, v_generation.owner_id, v_output.sha256, 'output', v_output.filename, v_generation.deleted_at)
      ON CONFLICT (owner_id, sha256) DO UPDATE
        SET deleted_at = CASE WHEN v_generation.deleted_at IS NULL THEN NULL ELSE f.deleted_at END,
            kind = CASE WHEN f.deleted_at IS NULL THEN f.kind ELSE 'output' END
      RETURNING f.id INTO v_file;
    INSERT INTO generation_outputs (shot_id, ordinal, generation_id, file_id)
      VALUES (v_shot_id, v_output.ordinal, v_generation.id, v_file);
  END LOOP;
  UPDATE shots SET status = 'done' WHERE id = v_shot_id AND status = 'active';
  UPDATE generations SET shots_done = shots_done + 1, started_at = coalesce(started_at, now())
    WHERE id = v_generation.id
    RETURNING * INTO v_generation;
  IF v_generation.shots_done = v_generation.shots_total THEN
    PERFORM finish_generation(v_generation.id, 'completed', NULL, NULL);
  ELSIF v_generation.cancel_requested_at IS NOT NULL THEN
    PERFORM finish_generation(v_generation.id, 'cancelled', NULL, NULL)
      WHERE NOT EXISTS (
        SELECT 1 FROM shots WHERE generation_id = v_generation.id AND status IN ('queued', 'active'));
  END IF;
  RETURN '{}';
END $$;
