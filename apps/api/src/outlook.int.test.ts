import type { Generation } from '@avatarforge/contracts';
import type { LineForecast } from '@avatarforge/core';
import { saveForecast, type RequirementOutlook } from '@avatarforge/db';
import { eventually } from '@avatarforge/testing';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const MAX = 40;

let api: TestApi;
let users = 0;
let instanceId: string;
beforeAll(async () => {
  api = await startTestApi({ auth: true, maxQueuedPerUser: MAX });
  instanceId = await givenInstance(api.database);
}, 60_000);
beforeEach(async () => {
  await api.database.query(`UPDATE shots SET status = 'cancelled'`);
  await api.database.query('UPDATE pool SET forecast = NULL, forecast_at = NULL');
});

interface User {
  headers: Record<string, string>;
  id: string;
}
async function newUser(): Promise<User> {
  const name = `user ${++users}`;
  const headers = { Authorization: `Bearer ${await api.createKey(name)}` };
  const [row] = await api.database.query<{ id: string }>('SELECT id FROM users WHERE name = $1', [
    name,
  ]);
  return { headers, id: row!.id };
}
const create = async ({ headers }: User, body: object = {}) =>
  readAnswer(
    'createGeneration',
    await api.postJson('/v1/generations', { prompt: 'a warrior', ...body }, headers),
  );
const look = async ({ headers }: User, id: string) =>
  readAnswer('getGeneration', await api.fetch(`/v1/generations/${id}`, { headers }));
const until = (user: User, id: string, expected: Partial<Generation>) =>
  eventually(async () => {
    expect(await look(user, id)).toMatchObject(expected);
  });

/** How many instances have what all that waits needs, take work, and are well: each of those before. */
type Counts = Pick<RequirementOutlook, 'able' | 'open' | 'ready'>;
const ALL_WELL: Counts = { able: 2, open: 2, ready: 2 };

/** Foresees that the owner's lines start in `startMs`, after `ahead` of others, and go on every `everyMs`. */
async function foresee(
  owner: User,
  {
    counts = ALL_WELL,
    bias = 1,
    ...changed
  }: Partial<LineForecast> & { counts?: Counts; bias?: number } = {},
): Promise<void> {
  const rows = await api.database.query<{ requirement: string }>(
    `SELECT DISTINCT requirement FROM shots WHERE owner_id = $1 AND status = 'queued'`,
    [owner.id],
  );
  const usual = { startMs: 0, everyMs: 10_000, runMs: 4000, ahead: 0, aheadEvery: 3 };
  await saveForecast(api.database, {
    lines: rows.map((row) => ({ ...row, ownerId: owner.id, ...usual, ...changed })),
    needs: rows.map((row) => ({ ...row, ...counts })),
    bias,
  });
}

/** Gives all shots of a generation to an instance. */
async function run(id: string, { estMs }: { estMs: number }): Promise<void> {
  await api.database.query(
    `WITH a AS (
       INSERT INTO attempts (id, shot_id, instance_id, driver_epoch, client_id, state, est_ms)
         SELECT gen_random_uuid(), id, $2, 1, 'x', 'dispatched', $3 FROM shots WHERE generation_id = $1
         RETURNING id, shot_id)
     UPDATE shots s SET status = 'active', current_attempt_id = a.id FROM a WHERE s.id = a.shot_id`,
    [id, instanceId, estMs],
  );
}

describe('what is foreseen for a generation', () => {
  test('is its place among those of its owner, after what the forecast says is ahead of them', async () => {
    const ann = await newUser();
    const first = await create(ann);
    const second = await create(ann, { count: 2 });
    const urgent = await create(ann, { priority: 1 });
    await foresee(ann, { startMs: 30_000, everyMs: 5000, bias: 2, ahead: 5 });
    await until(ann, urgent.id, { queue_position: 5 });
    // One of hers is ahead, and two of others for each.
    expect((await look(ann, first.id)).queue_position).toBe(8);
    expect((await look(ann, second.id)).queue_position).toBe(11);
    const etas = [];
    for (const { id } of [urgent, first, second]) etas.push((await look(ann, id)).eta_seconds ?? 0);
    // Both pictures of the second are to be drawn.
    expect(etas[1]! - etas[0]!).toBeCloseTo(10, -1);
    expect(etas[2]! - etas[1]!).toBeCloseTo(20, -1);
    expect(etas[0]).toBeLessThanOrEqual(64);
  });

  test('is the same in lists, and nothing for what is final', async () => {
    const ann = await newUser();
    const done = await create(ann);
    await api.database.query(
      `UPDATE generations SET status = 'failed', finished_at = now() WHERE id = $1`,
      [done.id],
    );
    const waiting = await create(ann);
    await foresee(ann, { startMs: 600_000, ahead: 7 });
    await until(ann, waiting.id, { queue_position: 10 });
    const list = await api.fetch('/v1/generations', { headers: ann.headers });
    const { data } = await readAnswer('listGenerations', list);
    const nothing = { queue_position: null, eta_seconds: null, waiting_reason: null };
    expect(data).toMatchObject([
      { id: waiting.id, queue_position: 10, waiting_reason: 'busy' },
      { id: done.id, ...nothing },
    ]);
  });

  test('is not told from a forecast that is old', async () => {
    const ann = await newUser();
    const { id } = await create(ann);
    await foresee(ann, { startMs: 0, ahead: 3 });
    await until(ann, id, { queue_position: 3 });
    await api.database.query(`UPDATE pool SET forecast_at = now() - interval '16 s'`);
    await until(ann, id, { queue_position: null, eta_seconds: null });
  });

  test('is the rest of the run, with what the instance has before it, once it is given to one', async () => {
    const ann = await newUser();
    const first = await create(ann);
    await run(first.id, { estMs: 3_600_000 });
    const second = await create(ann);
    await run(second.id, { estMs: 3_600_000 });
    await api.database.query(
      `UPDATE attempts SET started_at = now() - interval '20 min' FROM shots s
         WHERE s.id = shot_id AND s.generation_id = $1`,
      [first.id],
    );
    const nothing = { queue_position: null, waiting_reason: null };
    const [one, two] = [await look(ann, first.id), await look(ann, second.id)];
    expect([one, two]).toMatchObject([nothing, nothing]);
    expect(one.eta_seconds! / 60).toBeCloseTo(40, 0);
    expect(two.eta_seconds! / 60).toBeCloseTo(100, 0);
  });

  test('is nobody else’s to see', async () => {
    const [ann, bob] = [await newUser(), await newUser()];
    const { id } = await create(ann);
    const answer = await api.fetch(`/v1/generations/${id}`, { headers: bob.headers });
    expect(answer.status).toBe(404);
  });
});

describe('a generation that waits says why', () => {
  test.each([
    ['busy', ALL_WELL],
    ['busy', { able: 2, open: 1, ready: 1 }],
    ['pool_unavailable', { able: 2, open: 1, ready: 0 }],
    ['draining', { able: 1, open: 0, ready: 0 }],
    ['no_eligible_instance', { able: 0, open: 0, ready: 0 }],
  ] as const)('%s, with %j', async (reason, counts) => {
    const ann = await newUser();
    const { id } = await create(ann);
    await foresee(ann, { counts });
    await until(ann, id, { waiting_reason: reason });
  });

  test('that no worker is there', async () => {
    const ann = await newUser();
    const { id } = await create(ann);
    await until(ann, id, { waiting_reason: 'pool_unavailable' });
  });

  test('nothing, while the forecast does not know of it', async () => {
    const [ann, bob] = [await newUser(), await newUser()];
    await create(bob, { realism: true });
    await foresee(bob);
    const { id } = await create(ann);
    await until(ann, id, { waiting_reason: null, queue_position: null, eta_seconds: null });
  });

  test('it backs off while all that waits of it is kept back', async () => {
    const ann = await newUser();
    const { id } = await create(ann, { count: 2 });
    const keepBack = (which: string) =>
      api.database.query(
        `UPDATE shots SET not_before = now() + interval '1 min' WHERE generation_id = $1 AND ${which}`,
        [id],
      );
    await keepBack('ordinal = 0');
    expect((await look(ann, id)).waiting_reason).not.toBe('backing_off');
    await keepBack('ordinal = 1');
    expect((await look(ann, id)).waiting_reason).toBe('backing_off');
  });
});

test('who has as much waiting as is allowed is told to come again when about one of it is drawn', async () => {
  const ann = await newUser();
  for (let n = 0; n < MAX / 8; n++) await create(ann, { count: 8 });
  const refuse = () =>
    api.postJson('/v1/generations', { prompt: 'a warrior' }, ann.headers).then((answer) => {
      expect(answer.status).toBe(429);
      return Number(answer.headers.get('retry-after'));
    });
  for (const [everyMs, seconds] of [
    [8200, 13],
    [3_600_000, 600],
    [20, 1],
  ] as const) {
    await foresee(ann, { everyMs, bias: 1.5 });
    await eventually(async () => {
      expect(await refuse()).toBe(seconds);
    });
  }
});
