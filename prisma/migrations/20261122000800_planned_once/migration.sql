-- In PL/pgSQL, unlike in SQL, a statement is planned once for each connection, not at every call.

CREATE OR REPLACE FUNCTION generation_facts(p_generation uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT jsonb_build_object(
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
    FROM generations g WHERE g.id = p_generation);
END $$;

CREATE OR REPLACE FUNCTION announce(p_generation uuid, p_event text, p_more jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (event, generation_id, seq, facts)
    SELECT p_event, g.id, g.seq, generation_facts(g.id) || p_more FROM generations g WHERE g.id = p_generation;
END $$;

CREATE OR REPLACE FUNCTION event_body(p_event text, p_facts jsonb, p_at timestamptz, p_base text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
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
    ELSE p_facts END);
END $$;
