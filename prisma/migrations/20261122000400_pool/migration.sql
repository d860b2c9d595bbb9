-- What a shot needs of an instance: a hash of node classes and model files (packages/core). Empty: not known, may run anywhere.
ALTER TABLE shots
  ADD COLUMN requirement text NOT NULL DEFAULT '',
  ADD COLUMN was_taken_back boolean NOT NULL DEFAULT false,
  ADD COLUMN foreseen_at timestamptz(3);
DROP INDEX shots_ready;
CREATE INDEX shots_ready ON shots (requirement, owner_id, priority DESC, created_at) WHERE status = 'queued';
CREATE INDEX shots_by_owner ON shots (owner_id, created_at) WHERE status = 'queued';
CREATE INDEX shots_by_requirement ON shots (requirement, created_at) WHERE status = 'queued';
CREATE INDEX shots_unfinished ON shots (owner_id) WHERE status IN ('queued', 'active');

-- Why an attempt was placed there and what it was thought to take; what it was charged is settled once.
ALTER TABLE attempts
  ADD COLUMN placement text,
  ADD COLUMN is_cold boolean NOT NULL DEFAULT false,
  ADD COLUMN est_ms integer NOT NULL DEFAULT 0,
  ADD COLUMN is_settled boolean NOT NULL DEFAULT false,
  ADD COLUMN takeback_for uuid;
UPDATE attempts SET is_settled = true WHERE state IN ('stored', 'ended');
CREATE INDEX attempts_unsettled ON attempts (id) WHERE NOT is_settled;

-- Instances come from the configuration or from administrators; each manages its own.
ALTER TABLE instances
  ADD COLUMN name text,
  ADD COLUMN labels jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN source text NOT NULL DEFAULT 'config',
  ADD COLUMN version text,
  ADD COLUMN warm_size integer NOT NULL DEFAULT 1,
  ADD COLUMN health_since timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN troubles integer NOT NULL DEFAULT 0,
  ADD COLUMN retry_at timestamptz(3);
ALTER TABLE instances ADD CONSTRAINT instances_source CHECK (source IN ('config', 'api'));

-- How long shots of a lane take on an instance, learned from those that ran.
CREATE TABLE lane_times (
  instance_id uuid NOT NULL,
  lane text NOT NULL,
  run_ms double precision,
  load_ms double precision,
  runs integer NOT NULL DEFAULT 0,
  CONSTRAINT lane_times_pkey PRIMARY KEY (instance_id, lane),
  CONSTRAINT lane_times_instance_id_fkey FOREIGN KEY (instance_id) REFERENCES instances (id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- What each owner has had of the GPUs. Written once a second for all, never by claims.
CREATE TABLE accounts (
  owner_id uuid NOT NULL,
  weight double precision NOT NULL DEFAULT 1,
  served_ms double precision NOT NULL DEFAULT 0,
  was_waiting boolean NOT NULL DEFAULT false,
  CONSTRAINT accounts_pkey PRIMARY KEY (owner_id),
  CONSTRAINT accounts_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT accounts_weight CHECK (weight > 0)
);
ALTER TABLE accounts SET (fillfactor = 50);

-- One row: what all of the pool shares.
CREATE TABLE pool (
  id integer NOT NULL DEFAULT 1,
  virtual_time_ms double precision NOT NULL DEFAULT 0,
  forecast jsonb,
  forecast_bias double precision NOT NULL DEFAULT 1,
  forecast_at timestamptz(3),
  CONSTRAINT pool_pkey PRIMARY KEY (id),
  CONSTRAINT pool_one_row CHECK (id = 1)
);
INSERT INTO pool DEFAULT VALUES;

-- Takes up to cardinality(p_attempt_ids) waiting shots for one instance: the best of each choice in turn.
-- p_choices: [{requirement, lane, owner_id, limit, placement, is_cold, est_ms, warm_elsewhere}]. One round trip, so no lock
-- outlives the call. Raises AF001 when the caller no longer holds the lease; takes nothing for an instance that is drained, or has
-- more than it can get rid of.
DROP FUNCTION claim_shots(uuid, bigint, uuid, text, uuid[], text[], uuid[]);
CREATE FUNCTION claim_shots(
  p_instance uuid, p_epoch bigint, p_worker uuid, p_client_id text, p_attempt_ids uuid[], p_choices jsonb
) RETURNS TABLE (
  attempt_id uuid, shot_id uuid, generation_id uuid, owner_id uuid, requirement text, lane text, est_ms int, tries int,
  graph jsonb, uploads jsonb
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  picked int := 0;
  wanted int := cardinality(p_attempt_ids);
  is_alone boolean := false;
  is_open boolean;
  choice record;
  shot shots;
BEGIN
  -- What an object store that is away keeps from being fetched fills the disk of the instance.
  SELECT NOT i.drain AND i.removed_at IS NULL
         AND 50 > (SELECT count(*) FROM attempts a WHERE a.instance_id = p_instance AND a.state = 'executed') INTO is_open
    FROM instance_leases l JOIN instances i ON i.id = l.instance_id
    WHERE l.instance_id = p_instance AND l.epoch = p_epoch AND l.worker_id = p_worker AND l.expires_at > now()
    FOR SHARE OF l;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'lease lost' USING ERRCODE = 'AF001';
  ELSIF NOT is_open THEN
    RETURN;
  END IF;

  FOR choice IN
    SELECT c.* FROM ROWS FROM (jsonb_to_recordset(p_choices) AS (
      requirement text, lane text, owner_id uuid, "limit" int, placement text, is_cold boolean, est_ms int, warm_elsewhere int
    )) WITH ORDINALITY c ORDER BY ordinality
  LOOP
    IF choice.is_cold THEN
      -- Two instances that load the same models for one waiting shot: the second sees what the first claimed.
      IF NOT is_alone THEN
        PERFORM pg_advisory_xact_lock(7310002);
        is_alone := true;
      END IF;
      CONTINUE WHEN choice.warm_elsewhere < (
        SELECT count(*) FROM instances
          WHERE id <> p_instance AND removed_at IS NULL AND choice.lane = ANY (warm_lanes));
    END IF;
    FOR shot IN
      SELECT * FROM shots s
        WHERE s.status = 'queued' AND s.requirement = choice.requirement AND s.owner_id = choice.owner_id
          AND (s.not_before IS NULL OR s.not_before <= now())
          AND NOT p_instance = ANY (s.avoid_instances)
          AND (s.reserved_until IS NULL OR s.reserved_until < now() OR s.reserved_for = p_instance)
        ORDER BY s.priority DESC, s.created_at
        LIMIT least(choice."limit", wanted - picked)
        FOR UPDATE SKIP LOCKED
    LOOP
      picked := picked + 1;
      INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, placement, is_cold, est_ms)
        VALUES (p_attempt_ids[picked], shot.id, p_instance, p_epoch, p_client_id, choice.placement,
                NOT use_lane(p_instance, shot.lane), choice.est_ms);
      UPDATE shots SET status = 'active', current_attempt_id = p_attempt_ids[picked] WHERE id = shot.id;
      RETURN QUERY
        SELECT p_attempt_ids[picked], shot.id, shot.generation_id, shot.owner_id, shot.requirement, shot.lane, choice.est_ms,
               shot.tries + shot.mishaps + shot.idle_ends, g.graph, g.uploads
          FROM shot_graphs g WHERE g.shot_id = shot.id;
    END LOOP;
    EXIT WHEN picked = wanted;
  END LOOP;
END $$;

-- The models of a lane are the last used on an instance from now on. Returns whether they were in memory; graphs without models
-- need none.
CREATE FUNCTION use_lane(p_instance uuid, p_lane text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_warm text[];
BEGIN
  IF p_lane IN ('none', 'dynamic') THEN
    RETURN true;
  END IF;
  SELECT warm_lanes INTO v_warm FROM instances WHERE id = p_instance;
  UPDATE instances SET warm_lanes = (p_lane || array_remove(warm_lanes, p_lane))[1:greatest(warm_size, 1)]
    WHERE id = p_instance AND v_warm[1] IS DISTINCT FROM p_lane;
  RETURN p_lane = ANY (v_warm);
END $$;

-- Everything that waits, by what it needs: found by jumping through an index from one requirement to the next, p_most at most.
-- Shots are counted up to p_many.
CREATE FUNCTION read_needs(p_most int, p_many int)
  RETURNS TABLE (requirement text, lane text, waiting int, oldest_ms double precision)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE steps AS (
    (SELECT s.requirement FROM shots s WHERE s.status = 'queued' ORDER BY s.requirement LIMIT 1)
    UNION ALL
    SELECT (SELECT s.requirement FROM shots s
              WHERE s.status = 'queued' AND s.requirement > steps.requirement ORDER BY s.requirement LIMIT 1)
      FROM steps WHERE steps.requirement IS NOT NULL
  )
  SELECT steps.requirement, oldest.lane, counted.waiting, extract(epoch FROM now() - oldest.created_at)::float8 * 1000
    FROM (SELECT steps.requirement FROM steps WHERE steps.requirement IS NOT NULL LIMIT p_most) steps
    CROSS JOIN LATERAL (
      SELECT s.lane, s.created_at FROM shots s
        WHERE s.status = 'queued' AND s.requirement = steps.requirement AND (s.not_before IS NULL OR s.not_before <= now())
        ORDER BY s.created_at LIMIT 1) oldest
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS waiting FROM (
        SELECT 1 FROM shots s WHERE s.status = 'queued' AND s.requirement = steps.requirement LIMIT p_many) capped) counted
$$;

-- The lines (shots of one owner that need the same) of these requirements, and of every owner the line of the oldest shot, so
-- that nobody is overlooked behind the crowd. Owners are found by jumping through an index, too; shots are counted up to p_many.
CREATE FUNCTION read_lines(p_requirements text[], p_most_owners int, p_many int)
  RETURNS TABLE (
    requirement text, lane text, owner_id uuid, waiting int, priority int, oldest_ms double precision, is_choosy boolean
  )
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE owner_steps AS (
    (SELECT s.owner_id FROM shots s WHERE s.status = 'queued' ORDER BY s.owner_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.owner_id FROM shots s
              WHERE s.status = 'queued' AND s.owner_id > owner_steps.owner_id ORDER BY s.owner_id LIMIT 1)
      FROM owner_steps WHERE owner_steps.owner_id IS NOT NULL
  ), pairs AS (
    SELECT focus.requirement, owners.owner_id
      FROM unnest(p_requirements) AS focus(requirement)
      CROSS JOIN LATERAL (
        WITH RECURSIVE steps AS (
          (SELECT s.owner_id FROM shots s
             WHERE s.status = 'queued' AND s.requirement = focus.requirement ORDER BY s.owner_id LIMIT 1)
          UNION ALL
          SELECT (SELECT s.owner_id FROM shots s
                    WHERE s.status = 'queued' AND s.requirement = focus.requirement AND s.owner_id > steps.owner_id
                    ORDER BY s.owner_id LIMIT 1)
            FROM steps WHERE steps.owner_id IS NOT NULL
        )
        SELECT steps.owner_id FROM steps WHERE steps.owner_id IS NOT NULL) owners
    UNION
    SELECT oldest.requirement, owners.owner_id
      FROM (SELECT owner_steps.owner_id FROM owner_steps WHERE owner_steps.owner_id IS NOT NULL LIMIT p_most_owners) owners
      CROSS JOIN LATERAL (
        SELECT s.requirement FROM shots s
          WHERE s.status = 'queued' AND s.owner_id = owners.owner_id AND (s.not_before IS NULL OR s.not_before <= now())
          ORDER BY s.created_at LIMIT 1) oldest
  )
  SELECT pairs.requirement, first.lane, pairs.owner_id, counted.waiting, first.priority,
         extract(epoch FROM now() - first.created_at)::float8 * 1000, cardinality(first.avoid_instances) > 0
    FROM pairs
    CROSS JOIN LATERAL (
      SELECT s.lane, s.priority, s.created_at, s.avoid_instances FROM shots s
        WHERE s.status = 'queued' AND s.requirement = pairs.requirement AND s.owner_id = pairs.owner_id
          AND (s.not_before IS NULL OR s.not_before <= now())
        ORDER BY s.priority DESC, s.created_at LIMIT 1) first
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS waiting FROM (
        SELECT 1 FROM shots s
          WHERE s.status = 'queued' AND s.requirement = pairs.requirement AND s.owner_id = pairs.owner_id LIMIT p_many) capped) counted
$$;
