import { newId } from '@avatarforge/core';
import { readLines, readNeeds } from './backlogRepository';
import type { Database } from './database';
import { givenDatabase, givenInstance } from './fixtures/givenPool';

let db: Database;

const owner = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

beforeAll(async () => {
  db = await givenDatabase();
  await db.query(
    `INSERT INTO users (id, name, role)
         SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'owner ' || n, 'user' FROM generate_series(1, 1000) n`,
  );
  for (let from = 1; from < 100_000; from += 10_000) {
    await db.query(
      `WITH new AS (
         SELECT gen_random_uuid() AS id, gen_random_uuid() AS shot, 'lane-' || ((n + n / 1000) % 200) AS lane,
             ('00000000-0000-7000-8000-' || lpad((1 + n % 1000)::text, 12, '0'))::uuid AS owner, n
           FROM generate_series($1::int, $1::int + 9999) n
       ), generation AS (
         INSERT INTO generations (id, owner_id, prompt, negative_prompt, inputs, workflow, shots_total)
           SELECT id, owner, '', '', '{}', 'x', 1 FROM new
       ), shot AS (
         INSERT INTO shots (id, generation_id, owner_id, ordinal, lane, requirement, created_at)
           SELECT shot, id, owner, 0, lane, lane, now() - n * interval '10 ms' FROM new
       )
       INSERT INTO shot_graphs (shot_id, graph, uploads) SELECT shot, '{}', '[]' FROM new`,
      [from],
    );
  }
  await db.query('ANALYZE shots, shot_graphs, generations, attempts');
}, 60_000);

/** How many pages a statement reads, the plan being known. */
async function pagesOf(sql: string, newValues: () => unknown[]): Promise<number> {
  return db.transaction(async (query) => {
    await query(sql, newValues());
    const [row] = await query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
      newValues(),
    );
    const plan = row?.['QUERY PLAN'][0].Plan;
    return (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
  });
}

// What stands in the tables is thousands of pages; a claim that scanned any part of the backlog would read hundreds.
test('with 100,000 shots of 1,000 owners in 200 lanes, a claim looks at a few pages for each choice, also where most choices are empty', async () => {
  const { lease, workerId } = await givenInstance(db);
  const choices = Array.from({ length: 32 }, (_, n) => ({
    ...{ requirement: `lane-${n}`, lane: `lane-${n}`, owner_id: n < 31 ? newId() : owner(1) },
    ...{ limit: 2, placement: 'warm', is_cold: true, est_ms: 1, warm_elsewhere: 0 },
  }));
  const pages = await pagesOf('SELECT * FROM claim_shots($1, $2, $3, $4, $5, $6)', () => [
    ...[lease.instanceId, lease.epoch, workerId, 'test', [newId(), newId()]],
    JSON.stringify(choices),
  ]);
  expect(pages).toBeLessThan(32 * 8);
});

test('of such a backlog, what is needed is known without reading it all', async () => {
  expect(await readNeeds(db)).toHaveLength(200);
  const { lines, accounts } = await readLines(db, ['lane-1', 'lane-2']);
  expect(lines.filter(({ lane }) => lane === 'lane-1').length).toBeGreaterThan(400);
  expect(accounts).toHaveLength(1000);
  expect(lines.length).toBeLessThan(2000);
});
