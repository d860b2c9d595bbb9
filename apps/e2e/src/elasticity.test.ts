import { eventually } from '@avatarforge/testing';
import { givenCluster, startBalancer, type Api, type Cluster } from './fixtures/cluster';
import { send, type Generation } from './fixtures/requests';

/** Runs of about a second during which Redis is away, by four instances. */
const OUTAGE_RUNS = 60;

let cluster: Cluster;

beforeEach(async () => {
  cluster = await givenCluster({ sims: 4, stepMs: 10 });
}, 60_000);

const wish = (seed: number, steps: number) => ({
  ...{ prompt: 'a warrior', seed, steps, width: 64, height: 64 },
});

async function create(api: string, seed: number, steps = 20): Promise<string> {
  const { status, body } = await send<Generation>(`${api}/v1/generations`, {
    body: wish(seed, steps),
  });
  if (status !== 202) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body.id;
}

/** How many generations there are of each status. */
async function census(): Promise<Record<string, number>> {
  const rows = await cluster.database.query<{ status: string; count: number }>(
    'SELECT status, count(*)::int FROM generations GROUP BY 1',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

const allCompleted = (count: number, timeoutMs: number) =>
  eventually(
    async () => {
      const statuses = await census();
      if (statuses['completed'] !== count) throw new Error(JSON.stringify(statuses));
      return true;
    },
    { timeoutMs },
  );

/** Of all shots that were drawn more than once. */
async function drawnTwice(): Promise<string[]> {
  const attempts = await cluster.database.query<{ id: string; shot_id: string }>(
    'SELECT id, shot_id FROM attempts',
  );
  const shotOf = new Map(attempts.map(({ id, shot_id }) => [id, shot_id]));
  const shots = cluster.executions().map(({ prompt_id }) => shotOf.get(prompt_id) ?? prompt_id);
  return shots.filter((shot, n) => shots.indexOf(shot) !== n);
}

const createMany = (api: string, count: number, steps = 20) =>
  Promise.all(Array.from({ length: count }, (_, seed) => create(api, seed, steps)));

test('workers scaled from one to eight and back under load: nothing is lost, and nothing is drawn twice', async () => {
  const api = await cluster.startApi();
  const first = cluster.startWorker();
  await createMany(api.url, 160);
  const others = Array.from({ length: 7 }, () => cluster.startWorker());
  await eventually(
    async () => {
      const [row] = await cluster.database.query<{ holders: number }>(
        `SELECT count(DISTINCT worker_id)::int AS holders FROM instance_leases WHERE expires_at > now()`,
      );
      return row?.holders === 4;
    },
    { timeoutMs: 40_000 },
  );
  await createMany(api.url, 60);
  expect(await Promise.all(others.map((worker) => worker.stop()))).toEqual(Array(7).fill(0));
  await allCompleted(220, 60_000);
  expect(await drawnTwice()).toEqual([]);
  expect(await first.stop()).toBe(0);
}, 150_000);

test('API and workers replaced one by one under load: no request fails', async () => {
  let apis: Api[] = await Promise.all([cluster.startApi(), cluster.startApi()]);
  let workers = [cluster.startWorker(), cluster.startWorker()];
  const balancer = startBalancer(apis);
  const failures: string[] = [];
  let seed = 0;
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      seed += 1;
      try {
        const id = await create(balancer.next(), seed);
        const { status } = await send(`${balancer.next()}/v1/generations/${id}`);
        if (status !== 200) failures.push(`GET answered ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const clients = [client(), client(), client()];

  for (const old of apis) {
    const fresh = await cluster.startApi();
    apis = [...apis.filter((api) => api !== old), fresh];
    balancer.update([...apis, old]);
    expect(await old.stop()).toBe(0);
    balancer.update(apis);
  }
  for (const old of workers) {
    workers = [...workers, cluster.startWorker()];
    expect(await old.stop()).toBe(0);
  }
  isOver = true;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  await allCompleted(seed, 90_000);
  expect(await drawnTwice()).toEqual([]);
}, 200_000);

test('one of four instances dies for good with eighty generations under way: eighty complete', async () => {
  const api = await cluster.startApi();
  cluster.startWorker();
  await createMany(api.url, 80);
  const [victim] = cluster.sims;
  await eventually(() => victim!.executions().length > 2, { timeoutMs: 20_000 });
  await victim!.stop();
  await allCompleted(80, 150_000);
  // The one that ran, and one whose picture had not been fetched.
  const repeated = await drawnTwice();
  expect(repeated.length).toBeLessThanOrEqual(2);
}, 200_000);

test('Redis away: instances are kept busy for at least 95 % of the time', async () => {
  const api = await cluster.startApi();
  const worker = cluster.startWorker();
  await createMany(api.url, OUTAGE_RUNS + 60, 100);
  await eventually(() => ended() > 10, { timeoutMs: 20_000 });
  await cluster.redis.cut();
  const [from, before] = [Date.now(), ended()];
  await eventually(() => ended() - before >= OUTAGE_RUNS, { timeoutMs: 120_000 });
  const until = Date.now();
  expect(busyShare(from, until)).toBeGreaterThanOrEqual(0.95);
  await cluster.redis.restore();
  await worker.stop();
}, 240_000);

const ended = () => cluster.executions().filter((run) => run.ended_at !== null).length;

/** The part of the time between two moments in which the instances drew. */
function busyShare(from: number, until: number): number {
  const busy = cluster.executions().map(({ started_at, ended_at }) => {
    const start = Math.max(from, Date.parse(started_at));
    const end = Math.min(until, ended_at === null ? until : Date.parse(ended_at));
    return Math.max(0, end - start);
  });
  return busy.reduce((sum, ms) => sum + ms, 0) / ((until - from) * cluster.sims.length);
}
