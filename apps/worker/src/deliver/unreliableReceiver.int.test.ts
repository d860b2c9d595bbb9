import { createHash } from 'node:crypto';
import { eventually } from '@avatarforge/testing';
import { Webhook } from 'standardwebhooks';
import { givenWebhooks, startReceiver, taken, type Received } from '../fixtures/webhookScene';

const ENDPOINTS = 5;
const WAVE = 100;
const DEAD_FOR_S = 120;
const SLOW_MS = 200;

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const bodyOf = (n: number) =>
  JSON.stringify({ type: 'generation.completed', data: { n, text: `“${n}” 日本` } });

/** From 0 to 9, always the same for this try of this delivery. */
const chanceOf = (id: string, tries: number) =>
  createHash('sha256').update(`${id} ${tries}`).digest().readUInt32BE() % 10;

/**
 * The clock of the schedule is the database's; it is not waited for, but put on: what waits becomes due so much sooner.
 */
it('tells everything to a receiver that fails, is slow, and is dead for two minutes', async () => {
  const scene = await givenWebhooks();
  let clockS = 0;
  let deadFromS = Number.POSITIVE_INFINITY;
  let diedOn = 0;
  const answered = new Map<string, number>();
  const took = new Set<string>();
  const receiver = await startReceiver((res, received) => {
    const id = String(received.headers['webhook-id']);
    if (clockS >= deadFromS && clockS < deadFromS + DEAD_FOR_S) {
      diedOn += 1;
      res.destroy();
      return;
    }
    const tries = (answered.get(id) ?? 0) + 1;
    answered.set(id, tries);
    const chance = chanceOf(id, tries);
    if (chance < 3) {
      res.writeHead(500).end();
      return;
    }
    took.add(id);
    setTimeout(
      () => {
        taken(res, received);
      },
      chance === 3 ? SLOW_MS : 0,
    );
  });
  const endpoints: { id: string; secret: string }[] = [];
  for (let n = 0; n < ENDPOINTS; n += 1) {
    endpoints.push(await scene.givenEndpoint(`${receiver.url}/${n}`));
  }
  const giveWave = async (from: number) => {
    for (let n = from; n < from + WAVE; n += 1) {
      await scene.givenDelivery(endpoints[n % ENDPOINTS]!.id, bodyOf(n), idOf(n));
    }
  };
  /** How many are not over, and how long until the next is due; null while any is due or under way. */
  const look = async () => {
    const [row] = await scene.database.query<{ waiting: number; nextS: number; isBusy: boolean }>(
      `SELECT count(*) FILTER (WHERE status = 'pending')::int AS waiting,
           coalesce(extract(epoch FROM min(next_at) - now()), 1)::float8 AS "nextS",
           coalesce(sum(tries), 0) <> (SELECT count(*) FROM delivery_attempts) AS "isBusy"
         FROM deliveries`,
    );
    return row && !row.isBusy && row.nextS > 0 ? row : null;
  };
  const putClockOn = async (seconds: number) => {
    clockS += seconds;
    await scene.database.query(
      `UPDATE deliveries SET next_at = next_at - $1 * interval '1 s' WHERE next_at IS NOT NULL`,
      [seconds],
    );
  };

  await giveWave(0);
  const deliverer = scene.startDeliverer();
  for (let round = 0; ; round += 1) {
    const { waiting, nextS } = await eventually(look, { timeoutMs: 60_000 });
    if (waiting === 0) break;
    if (round === 0) {
      deadFromS = clockS;
      await giveWave(WAVE);
    } else {
      // A little further, so that what is due about then comes at once.
      await putClockOn(nextS + 60);
    }
    deliverer.ring();
  }

  const rows = await scene.database.query<{ status: string; tries: number }>(
    'SELECT status, tries FROM deliveries',
  );
  expect(rows.filter(({ status }) => status === 'succeeded')).toHaveLength(2 * WAVE);
  expect(took.size).toBe(2 * WAVE);
  // All of the second wave twice, and what of the first had failed.
  expect(diedOn).toBeGreaterThan(2 * WAVE);
  const posts = new Map<string, Received[]>();
  for (const one of receiver.received) {
    const id = String(one.headers['webhook-id']);
    posts.set(id, [...(posts.get(id) ?? []), one]);
  }
  expect([...posts.keys()].sort()).toEqual(Array.from({ length: 2 * WAVE }, (_, n) => idOf(n)));
  for (let n = 0; n < 2 * WAVE; n += 1) {
    const verifier = new Webhook(endpoints[n % ENDPOINTS]!.secret);
    for (const { body, path, headers } of posts.get(idOf(n)) ?? []) {
      expect({ body, path }).toEqual({ body: bodyOf(n), path: `/${n % ENDPOINTS}` });
      verifier.verify(body, headers as Record<string, string>);
    }
  }
  expect(receiver.received).toHaveLength(rows.reduce((sum, { tries }) => sum + tries, 0));
  expect(Math.max(...rows.map(({ tries }) => tries))).toBeGreaterThan(3);
}, 120_000);
