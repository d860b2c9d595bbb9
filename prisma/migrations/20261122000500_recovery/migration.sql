-- Marks our prompts on a ComfyUI that another installation may use too.
ALTER TABLE pool ADD COLUMN deployment_id uuid NOT NULL DEFAULT gen_random_uuid();

-- Those that are kept off some instances are few, and looked through once a second.
CREATE INDEX shots_choosy ON shots (id) WHERE status = 'queued' AND cardinality(avoid_instances) > 0;

-- What ended attempts say of a shot: whether it has reached p_limit = {max, of, code, message} for one reason.
CREATE FUNCTION has_reached(p_shot uuid, p_reason text, p_limit jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT CASE p_limit ->> 'of' WHEN 'instances' THEN count(DISTINCT instance_id) ELSE count(*) END >= (p_limit ->> 'max')::int
    FROM attempts WHERE shot_id = p_shot AND state = 'ended' AND end_reason = p_reason
$$;

-- The memory of an instance's largest GPU in bytes, as it was last seen; NULL when it is not known.
CREATE FUNCTION largest_vram(p_system_stats jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
  SELECT max((bytes #>> '{}')::numeric)
    FROM jsonb_path_query(p_system_stats, '$.devices[*].vramTotalBytes ? (@.type() == "number")') AS bytes
$$;

-- The instances with no more memory than this one, itself included, if there is a larger one that works; else none.
CREATE FUNCTION no_larger_instances(p_instance uuid) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
  WITH pool AS (
    SELECT other.id, coalesce(largest_vram(other.system_stats) > largest_vram(one.system_stats), false) AS is_larger,
           NOT other.drain AND other.health IN ('ok', 'half_open') AS is_ready
      FROM instances other JOIN instances one ON one.id = p_instance
      WHERE other.removed_at IS NULL
  )
  SELECT coalesce(array_agg(id), '{}') FROM pool
    WHERE NOT is_larger AND EXISTS (SELECT 1 FROM pool WHERE is_larger AND is_ready)
$$;

-- The instances that a shot is not to be tried on again after an attempt at it on p_instance ended.
CREATE FUNCTION instances_to_avoid(p_instance uuid, p_end jsonb) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN (p_end ->> 'elsewhere')::boolean THEN ARRAY[p_instance]
    WHEN (p_end ->> 'needs_memory')::boolean THEN no_larger_instances(p_instance)
    ELSE '{}'
  END
$$;

-- Ends an attempt, if it is the driver's: with the GPU time it has had, if it had begun.
CREATE FUNCTION close_attempt(p_attempt uuid, p_epoch bigint, p_end jsonb, OUT shot_id uuid, OUT instance_id uuid)
LANGUAGE sql AS $$
  UPDATE attempts SET state = 'ended', ended_at = now(), end_reason = p_end ->> 'reason', end_detail = p_end ->> 'detail',
      gpu_ms = coalesce(gpu_ms, (p_end ->> 'gpu_ms')::int,
        CASE WHEN started_at IS NOT NULL THEN least(extract(epoch FROM now() - started_at) * 1000, 2147483647)::int END)
    WHERE id = p_attempt AND driver_epoch = p_epoch AND state NOT IN ('stored', 'ended')
    RETURNING shot_id, instance_id
$$;

-- Fails a generation for one of its shots. Those that wait are cancelled; those that run are stopped by their drivers.
CREATE FUNCTION fail_generation(p_generation uuid, p_code text, p_message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM finish_generation(p_generation, 'failed', p_code, p_message);
  UPDATE shots SET status = 'cancelled' WHERE generation_id = p_generation AND status = 'queued';
END $$;

-- An attempt ends without a stored result. The caller (packages/core) says what that means:
-- p_end = {reason, detail, message, gpu_ms, retry, elsewhere, needs_memory, counts, backoff_ms, max, limit, when_retired}. This
-- decides what the shot becomes, and a requested cancel wins over every way back to `queued`. `elsewhere`: not on this instance
-- again, and no further when there is no other. `counts`: what it counts as, nothing when absent; `limit`: see has_reached.
-- `when_retired`: what it means instead on an instance that was drained or removed. Returns the shot's new status, NULL when
-- fenced off. Locks the attempt, then the generation, then the shot.
CREATE OR REPLACE FUNCTION end_attempt(p_attempt uuid, p_epoch bigint, p_end jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_end jsonb := p_end;
  v_attempt record;
  v_generation generations;
  v_ends int;
  v_is_stuck boolean;
  v_is_limited boolean;
  v_status text;
BEGIN
  IF p_end ? 'when_retired' AND EXISTS (
    SELECT 1 FROM attempts a JOIN instances i ON i.id = a.instance_id
      WHERE a.id = p_attempt AND (i.drain OR i.removed_at IS NOT NULL)) THEN
    v_end := p_end -> 'when_retired';
  END IF;
  SELECT * INTO v_attempt FROM close_attempt(p_attempt, p_epoch, v_end);
  IF v_attempt.shot_id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT g.* INTO v_generation FROM generations g JOIN shots s ON s.generation_id = g.id
    WHERE s.id = v_attempt.shot_id FOR UPDATE OF g;
  UPDATE shots SET
      tries = tries + coalesce(v_end ->> 'counts' = 'try', false)::int,
      mishaps = mishaps + coalesce(v_end ->> 'counts' = 'mishap', false)::int,
      idle_ends = idle_ends + coalesce(v_end ->> 'counts' = 'idle', false)::int,
      avoid_instances = array(
        SELECT unnest(avoid_instances) UNION SELECT unnest(instances_to_avoid(v_attempt.instance_id, v_end))),
      current_attempt_id = NULL
    WHERE id = v_attempt.shot_id AND status = 'active' AND current_attempt_id = p_attempt
    RETURNING CASE v_end ->> 'counts' WHEN 'try' THEN tries WHEN 'mishap' THEN mishaps WHEN 'idle' THEN idle_ends ELSE 0 END,
      NOT EXISTS (SELECT 1 FROM instances i WHERE i.removed_at IS NULL AND NOT i.id = ANY (avoid_instances))
    INTO v_ends, v_is_stuck;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_is_limited := coalesce(has_reached(v_attempt.shot_id, v_end ->> 'reason', v_end -> 'limit'), false);
  v_status := CASE
    WHEN v_generation.cancel_requested_at IS NOT NULL OR v_generation.finished_at IS NOT NULL THEN 'cancelled'
    WHEN NOT (v_end ->> 'retry')::boolean OR v_ends >= (v_end ->> 'max')::int OR v_is_limited THEN 'failed'
    WHEN (v_end ->> 'elsewhere')::boolean AND v_is_stuck THEN 'failed'
    ELSE 'queued'
  END;
  UPDATE shots SET
      status = v_status,
      not_before = now() + least((v_end ->> 'backoff_ms')::int * 2 ^ least(v_ends - 1, 10), 60000) * interval '1 ms'
    WHERE id = v_attempt.shot_id;
  IF v_status = 'failed' THEN
    PERFORM fail_generation(
      v_generation.id,
      CASE WHEN v_is_limited THEN v_end #>> '{limit,code}' ELSE v_end ->> 'reason' END,
      CASE WHEN v_is_limited THEN v_end #>> '{limit,message}' ELSE v_end ->> 'message' END);
  ELSIF v_status = 'cancelled' THEN
    PERFORM finish_generation(v_generation.id, 'cancelled', NULL, NULL)
      WHERE NOT EXISTS (
        SELECT 1 FROM shots WHERE generation_id = v_generation.id AND status IN ('queued', 'active'));
  END IF;
  RETURN v_status;
END $$;

-- An attempt that never began is given back for the instance that asked for it (attempts.takeback_for), which has two seconds
-- to claim its shot before others may. Counts as nothing, and happens to a shot once. Returns as end_attempt does.
CREATE FUNCTION give_back_attempt(p_attempt uuid, p_epoch bigint, p_end jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_status text := end_attempt(p_attempt, p_epoch, p_end);
BEGIN
  UPDATE shots s SET was_taken_back = true, not_before = NULL,
      reserved_for = a.takeback_for, reserved_until = now() + interval '2 s'
    FROM attempts a
    WHERE a.id = p_attempt AND s.id = a.shot_id AND v_status = 'queued';
  RETURN v_status;
END $$;

-- The model files that a shot's graph names, for people to read.
CREATE FUNCTION models_of_shot(p_shot uuid) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT string_agg(DISTINCT model #>> '{}', ', ')
    FROM shot_graphs g, jsonb_path_query(
      g.graph, '$.*.inputs.* ? (@.type() == "string" && @ like_regex "\\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx)$" flag "i")') AS model
    WHERE g.shot_id = p_shot
$$;

-- Fails generations with a shot that has waited for so long for what no instance can do: p_limit at most. A long queue alone
-- fails nothing. Locks the generation, then its shots. One that somebody else is changing is left for the next time. Returns
-- how many.
CREATE FUNCTION fail_waiting(p_requirements text[], p_max_age_ms bigint, p_limit int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  v_before timestamptz := now() - p_max_age_ms * interval '1 ms';
  v_generation uuid;
  v_shot uuid;
  v_count int := 0;
BEGIN
  FOR v_generation IN
    WITH waiting AS (
      SELECT old.generation_id FROM unnest(p_requirements) AS hopeless(requirement) CROSS JOIN LATERAL (
        SELECT s.generation_id FROM shots s
          WHERE s.status = 'queued' AND s.requirement = hopeless.requirement AND s.created_at < v_before
          ORDER BY s.created_at LIMIT p_limit) old
        LIMIT p_limit
    )
    SELECT g.id FROM generations g WHERE g.id IN (SELECT generation_id FROM waiting) FOR UPDATE SKIP LOCKED
  LOOP
    WITH failed AS (
      UPDATE shots SET status = 'failed' WHERE generation_id = v_generation AND status = 'queued' AND created_at < v_before
          AND requirement = ANY (p_requirements)
        RETURNING id
    )
    SELECT id INTO v_shot FROM failed LIMIT 1;
    CONTINUE WHEN NOT FOUND;
    PERFORM fail_generation(v_generation, 'model_unavailable', format(
      'No ComfyUI instance could draw it within %s hours. It waited for one with %s.',
      round(p_max_age_ms / 3600000.0, 1), coalesce(models_of_shot(v_shot), 'the nodes of its workflow')));
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;

-- Shots that ran out of memory a while ago and wait for a larger instance take what there is.
CREATE FUNCTION free_shots_out_of_memory(p_age_ms bigint) RETURNS void
LANGUAGE sql AS $$
  UPDATE shots s SET avoid_instances = '{}'
    WHERE s.status = 'queued' AND cardinality(s.avoid_instances) > 0 AND s.tries > 0
      AND (SELECT a.end_reason = 'out_of_memory' AND a.ended_at < now() - p_age_ms * interval '1 ms'
             FROM attempts a WHERE a.shot_id = s.id ORDER BY a.claimed_at DESC LIMIT 1)
$$;
