-- Callbacks: events are told to webhooks, email and live streams.

-- What was written before there was anybody to tell is old news.
DELETE FROM "outbox";

CREATE TABLE "batches" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "total" INTEGER NOT NULL,
    "completed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "webhook_url" TEXT,
    "notify_email" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "generations"
    ADD COLUMN "batch_id" UUID,
    ADD COLUMN "webhook_url" TEXT,
    ADD COLUMN "webhook_events" TEXT[],
    ADD COLUMN "notify_email" TEXT;

ALTER TABLE "outbox"
    ALTER COLUMN "generation_id" DROP NOT NULL,
    ALTER COLUMN "seq" DROP NOT NULL,
    ADD COLUMN "batch_id" UUID,
    ADD COLUMN "facts" JSONB,
    ADD COLUMN "set_aside_at" TIMESTAMPTZ(3);

CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "owner_id" UUID NOT NULL,
    "generation_id" UUID,
    "event" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "url" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "events" TEXT[],
    "contact_email" TEXT,
    "signing" TEXT NOT NULL DEFAULT 'v1',
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_until" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_reason" TEXT,
    "failing_since" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "deliveries" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "owner_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "generation_id" UUID,
    "batch_id" UUID,
    "event" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tried_before" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "delivery_attempts" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "status_code" INTEGER,
    "error" TEXT,
    "request" JSONB NOT NULL,
    "response" JSONB,
    "timings" JSONB,

    CONSTRAINT "delivery_attempts_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "emails" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "owner_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "emails_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "email_addresses" (
    "address" TEXT NOT NULL,
    "token" UUID NOT NULL DEFAULT gen_random_uuid(),
    "unsubscribed_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_addresses_pkey" PRIMARY KEY ("address")
);

ALTER TABLE "instances" ADD COLUMN "callback_secret" TEXT;

CREATE INDEX "generations_batch_id_idx" ON "generations"("batch_id");
CREATE INDEX "batches_owner_id_created_at_id_idx" ON "batches"("owner_id", "created_at" DESC, "id" DESC);
CREATE INDEX "events_generation_id_id_idx" ON "events"("generation_id", "id");
CREATE INDEX "events_owner_id_id_idx" ON "events"("owner_id", "id");
CREATE INDEX "events_created_at_idx" ON "events"("created_at");
CREATE INDEX "webhook_endpoints_owner_id_created_at_id_idx" ON "webhook_endpoints"("owner_id", "created_at" DESC, "id" DESC);
CREATE UNIQUE INDEX "webhook_endpoints_default" ON "webhook_endpoints"("owner_id") WHERE "is_default";
CREATE INDEX "deliveries_owner_id_created_at_id_idx" ON "deliveries"("owner_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deliveries_endpoint_id_created_at_id_idx" ON "deliveries"("endpoint_id", "created_at" DESC, "id" DESC);
CREATE INDEX "deliveries_created_at_idx" ON "deliveries"("created_at");
CREATE INDEX "deliveries_due" ON "deliveries"("target", "next_at") WHERE "next_at" IS NOT NULL;
CREATE INDEX "delivery_attempts_delivery_id_id_idx" ON "delivery_attempts"("delivery_id", "id");
CREATE INDEX "emails_due" ON "emails"("next_at") WHERE "next_at" IS NOT NULL;
CREATE INDEX "emails_created_at_idx" ON "emails"("created_at");
CREATE UNIQUE INDEX "email_addresses_token_key" ON "email_addresses"("token");

ALTER TABLE "batches" ADD CONSTRAINT "batches_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "generations" ADD CONSTRAINT "generations_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- As JavaScript writes a moment.
CREATE FUNCTION iso(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- What an event tells of a generation, as it is now.
CREATE FUNCTION generation_facts(p_generation uuid) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', g.id,
    'seq', g.seq,
    'status', g.status,
    'batch_id', g.batch_id,
    'shots', jsonb_build_object('total', g.shots_total, 'done', g.shots_done),
    'outputs', coalesce((
      SELECT jsonb_agg(
          jsonb_build_object(
            'file_id', f.id, 'filename', f.filename, 'view', s.view, 'seed', s.seed, 'mime_type', b.mime_type,
            'size', coalesce(b.stored_size, b.size), 'width', b.width, 'height', b.height)
          ORDER BY s.ordinal, o.ordinal)
        FROM generation_outputs o JOIN shots s ON s.id = o.shot_id
          JOIN files f ON f.id = o.file_id JOIN blobs b ON b.sha256 = f.sha256
        WHERE o.generation_id = g.id AND f.deleted_at IS NULL), '[]'),
    'error', CASE WHEN g.error_code IS NOT NULL
      THEN jsonb_build_object('code', g.error_code, 'message', g.error_message) END,
    'retry_of', g.retry_of,
    'created_at', iso(g.created_at),
    'started_at', iso(g.started_at),
    'finished_at', iso(g.finished_at))
    FROM generations g WHERE g.id = p_generation
$$;

-- Writes down that something happened to a generation, with what is so in this moment. The caller has counted it in `seq`.
CREATE FUNCTION announce(p_generation uuid, p_event text, p_more jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql AS $$
  INSERT INTO outbox (event, generation_id, seq, facts)
    SELECT p_event, g.id, g.seq, generation_facts(g.id) || p_more FROM generations g WHERE g.id = p_generation
$$;

-- One generation of a batch entered a terminal state; with the last one the batch is over.
CREATE FUNCTION count_in_batch(p_batch uuid, p_status text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_batch batches;
BEGIN
  UPDATE batches SET
      completed = completed + (p_status = 'completed')::int,
      failed = failed + (p_status = 'failed')::int,
      cancelled = cancelled + (p_status = 'cancelled')::int
    WHERE id = p_batch
    RETURNING * INTO v_batch;
  IF v_batch.completed + v_batch.failed + v_batch.cancelled < v_batch.total THEN
    RETURN;
  END IF;
  UPDATE batches SET finished_at = now() WHERE id = p_batch AND finished_at IS NULL;
  INSERT INTO outbox (event, batch_id, facts)
    SELECT 'batch.completed', p_batch, jsonb_build_object(
      'id', p_batch,
      'total', v_batch.total, 'completed', v_batch.completed, 'failed', v_batch.failed, 'cancelled', v_batch.cancelled,
      'generations', (
        SELECT jsonb_agg(jsonb_build_object('id', id, 'status', status) ORDER BY created_at, id)
          FROM generations WHERE batch_id = p_batch),
      'created_at', iso(v_batch.created_at),
      'finished_at', iso(now()));
END $$;

-- Enters a terminal state once, with the event that tells of it. Locks the generation, then its batch.
CREATE OR REPLACE FUNCTION finish_generation(p_generation uuid, p_status text, p_code text, p_message text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_batch uuid;
BEGIN
  UPDATE generations
    SET status = p_status, finished_at = now(), seq = seq + 1, error_code = p_code, error_message = p_message
    WHERE id = p_generation AND status IN ('queued', 'processing')
    RETURNING batch_id INTO v_batch;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM announce(p_generation, 'generation.' || p_status);
  IF v_batch IS NOT NULL THEN
    PERFORM count_in_batch(v_batch, p_status);
  END IF;
END $$;

-- A driver's `started`: fenced by epoch. The generation is processing from its first started shot on.
CREATE OR REPLACE FUNCTION start_attempt(p_attempt uuid, p_epoch bigint) RETURNS boolean
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
  UPDATE generations SET status = 'processing', started_at = now(), seq = seq + 1
    WHERE id = v_generation AND status = 'queued';
  IF FOUND THEN
    PERFORM announce(v_generation, 'generation.started');
  END IF;
  RETURN true;
END $$;

-- Tells those who asked for it how far a generation is. p_share: of the shot that is being drawn, 0 to 1.
CREATE FUNCTION note_progress(p_generation uuid, p_share real) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_generation generations;
BEGIN
  UPDATE generations g SET seq = seq + 1
    WHERE g.id = p_generation AND g.status = 'processing'
      AND ('generation.progress' = ANY (g.webhook_events) OR EXISTS (
        SELECT 1 FROM webhook_endpoints e
          WHERE e.owner_id = g.owner_id AND 'generation.progress' = ANY (e.events) AND e.disabled_at IS NULL))
    RETURNING * INTO v_generation;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM announce(p_generation, 'generation.progress', jsonb_build_object(
    'progress', round(least((v_generation.shots_done + p_share) / v_generation.shots_total, 1)::numeric, 2)));
  RETURN true;
END $$;

-- What is told of an event. p_base: where this installation is reached; empty for addresses without a host.
CREATE FUNCTION event_body(p_event text, p_facts jsonb, p_at timestamptz, p_base text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'type', p_event,
    'timestamp', iso(p_at),
    'data', CASE WHEN p_event LIKE 'generation.%' THEN
      p_facts
        || jsonb_build_object('outputs', coalesce((
             SELECT jsonb_agg(o || jsonb_build_object('url', p_base || '/v1/files/' || (o ->> 'file_id') || '/content') ORDER BY n)
               FROM jsonb_array_elements(p_facts -> 'outputs') WITH ORDINALITY AS outputs(o, n)), '[]'))
        || jsonb_build_object('urls', jsonb_build_object('self', p_base || '/v1/generations/' || (p_facts ->> 'id')))
    WHEN p_event LIKE 'batch.%' THEN
      p_facts || jsonb_build_object('urls', jsonb_build_object('self', p_base || '/v1/batches/' || (p_facts ->> 'id')))
    ELSE p_facts END)
$$;

-- Moves what happened from the outbox to the log of events, and to everybody who is to be told; the oldest first. One process at
-- a time: what is committed later has a higher id, so that whoever reads the log by id misses nothing. Returns how many
-- events were moved, deliveries made and emails written.
CREATE FUNCTION relay_events(p_most int, p_base text, OUT moved int, OUT made int, OUT written int)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310005);
  WITH taken AS (
    DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE set_aside_at IS NULL ORDER BY id LIMIT p_most) RETURNING *
  ), told AS (
    SELECT t.id, t.event, t.generation_id, t.batch_id, t.created_at,
        coalesce(g.owner_id, b.owner_id) AS owner_id,
        coalesce(g.webhook_url, b.webhook_url) AS webhook_url,
        g.webhook_events,
        coalesce(g.notify_email, b.notify_email) AS notify_email,
        event_body(t.event, coalesce(t.facts, generation_facts(t.generation_id)), t.created_at, p_base) AS body
      FROM taken t LEFT JOIN generations g ON g.id = t.generation_id LEFT JOIN batches b ON b.id = t.batch_id
      WHERE coalesce(g.owner_id, b.owner_id) IS NOT NULL
  ), logged AS (
    INSERT INTO events (owner_id, generation_id, event, body)
      SELECT owner_id, generation_id, event, body FROM told WHERE event <> 'generation.progress' ORDER BY id
  ), wanted AS (
    SELECT t.*, e.id AS endpoint_id, e.url, e.id::text AS target, e.disabled_at IS NOT NULL AS is_held
      FROM told t JOIN webhook_endpoints e ON e.owner_id = t.owner_id AND NOT e.is_default
      WHERE t.event = ANY (e.events) OR (cardinality(e.events) = 0 AND t.event <> 'generation.progress')
    UNION ALL
    -- Those for one server wait for each other, and few others with them: nobody makes targets without end.
    SELECT t.*, e.id, t.webhook_url,
        e.id || ' ' || get_byte(decode(md5(substring(t.webhook_url FROM '^[^/]*//[^/?#]*')), 'hex'), 0) % 16, false
      FROM told t JOIN webhook_endpoints e ON e.owner_id = t.owner_id AND e.is_default
      WHERE t.webhook_url IS NOT NULL AND (t.batch_id IS NOT NULL OR t.event = ANY (t.webhook_events))
  ), delivered AS (
    INSERT INTO deliveries (owner_id, endpoint_id, url, target, generation_id, batch_id, event, body, status, next_at)
      SELECT owner_id, endpoint_id, url, target, generation_id, batch_id, event, body,
          CASE WHEN is_held THEN 'held' ELSE 'pending' END, CASE WHEN NOT is_held THEN now() END
        FROM wanted ORDER BY id
      RETURNING 1
  ), mailed AS (
    INSERT INTO emails (owner_id, address, event, body)
      SELECT owner_id, notify_email, event, body FROM told
        WHERE notify_email IS NOT NULL AND event IN ('generation.completed', 'generation.failed', 'batch.completed')
      RETURNING 1
  )
  SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM delivered), (SELECT count(*) FROM mailed)
    INTO moved, made, written;
END $$;
