import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '@avatarforge/testing';
import { givenHome, isAlive, startAvatarForge, type AvatarForge } from './fixtures/avatarForge';
import { completed, create, send } from './fixtures/requests';

let home: string;
let avatarForge: AvatarForge;
let api: string;

beforeAll(async () => {
  home = await givenHome();
  avatarForge = await startAvatarForge(home, { COMFY_SIM_STEP_MS: '50' });
  api = avatarForge.url;
}, 150_000);

afterAll(() => avatarForge.stop(), 30_000);

const running = () =>
  eventually(async () => (await avatarForge.executions()).some((run) => run.ended_at === null));

test('a worker killed in mid-run costs no GPU work: one execution', async () => {
  const id = await create(api, { steps: 60 });
  await running();
  process.kill(avatarForge.pidOf('worker'), 'SIGKILL');
  await completed(api, id);
  expect(await avatarForge.executions()).toEqual([expect.objectContaining({ outcome: 'success' })]);
}, 90_000);

test('a worker frozen past its lease wakes up and goes on: nothing is drawn twice', async () => {
  const before = (await avatarForge.executions()).length;
  const id = await create(api, { steps: 60 });
  await running();
  const pid = avatarForge.pidOf('worker');
  process.kill(pid, 'SIGSTOP');
  await eventually(
    async () => {
      const { body } = await send<{ pool: { workers: number } }>(`${api}/readyz`);
      return body.pool.workers === 0;
    },
    { timeoutMs: 20_000 },
  );
  process.kill(pid, 'SIGCONT');
  await completed(api, id);
  expect(await avatarForge.executions()).toHaveLength(before + 1);
  expect(avatarForge.pidOf('worker')).toBe(pid);
}, 90_000);

test('Redis emptied with ten generations queued: ten complete', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, (_, seed) => create(api, { seed })));
  const redis = connect(avatarForge.portOf('redis'), '127.0.0.1');
  redis.write('FLUSHALL\r\n');
  const [answer] = (await once(redis, 'data')) as [Buffer];
  redis.destroy();
  expect(answer.toString()).toBe('+OK\r\n');
  for (const id of ids) expect(await completed(api, id)).toMatchObject({ status: 'completed' });
}, 120_000);

test.each(['postgres', 'redis', 'comfy-sim', 'api'])(
  '%s killed in mid-run: it is started again, and the generation completes',
  async (service) => {
    const id = await create(api, { steps: 60 });
    await running();
    process.kill(avatarForge.pidOf(service), 'SIGKILL');
    expect(await completed(api, id)).toMatchObject({ status: 'completed' });
  },
  120_000,
);

test('a supervisor killed outright: the next start ends what was left and keeps the data', async () => {
  const id = await create(api, { seed: 1 });
  await completed(api, id);
  const left = avatarForge.pids();
  await avatarForge.kill();

  avatarForge = await startAvatarForge(home);
  api = avatarForge.url;

  await eventually(() => {
    expect(left.filter(isAlive)).toEqual([]);
  });
  expect(await send(`${api}/v1/generations/${id}`)).toMatchObject({
    status: 200,
    body: { status: 'completed' },
  });
}, 150_000);

test('Ctrl-C leaves no process, no pid file and no lock', async () => {
  const pids = avatarForge.pids();
  expect(pids).toHaveLength(5);

  expect(await avatarForge.stop()).toBe(0);

  await eventually(() => {
    expect(pids.filter(isAlive)).toEqual([]);
  });
  expect(readdirSync(join(home, 'run'))).toEqual([]);
  expect(existsSync(join(home, 'up.pid'))).toBe(false);

  avatarForge = await startAvatarForge(home);
}, 150_000);
