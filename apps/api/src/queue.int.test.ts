import { Problem } from '@avatarforge/contracts';
import { givenInstance } from './fixtures/givenInstance';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const PREFIX = '/avatarforge-controller';
const MAX = 4;

let api: TestApi;
let users = 0;
beforeAll(async () => {
  api = await startTestApi({ auth: true, maxQueuedPerUser: MAX });
  await givenInstance(api.database);
}, 60_000);

const newUser = async () => ({
  Authorization: `Bearer ${await api.createKey(`user ${++users}`)}`,
});
const ask = (headers: Record<string, string>, body: object = {}) =>
  api.postJson('/v1/generations', { prompt: 'a warrior', ...body }, headers);
const create = async (headers: Record<string, string>, body?: object) =>
  readAnswer('createGeneration', await ask(headers, body));
const problemOf = async (response: Response) => Problem.parse(await response.json());
const setStatus = (id: string, status: string) =>
  api.database.query(
    `WITH g AS (UPDATE generations SET status = $2, finished_at = now() WHERE id = $1)
     UPDATE shots SET status = $2 WHERE generation_id = $1`,
    [id, status],
  );

describe('who has as much waiting as is allowed', () => {
  test('is told when to come again, on both contracts, and others are not', async () => {
    const ann = await newUser();
    await create(ann, { count: MAX });
    for (const refused of [
      await ask(ann),
      await ask(ann, {
        workflow: 'text-to-image-sdxl',
        prompt: undefined,
        inputs: { prompt: 'x' },
      }),
      ...(await Promise.all(
        ['generate/avatar', 'generate_pose?pose=front', 'generate_all_poses'].map((path) =>
          api.postJson(`${PREFIX}/${path}`, { prompt: 'a warrior' }, ann),
        ),
      )),
    ]) {
      expect(refused.headers.get('retry-after')).toBe('30');
      expect(await problemOf(refused)).toMatchObject({ code: 'queue_full', status: 429 });
    }
    await create(await newUser());
  });

  test('is let in again when something is done', async () => {
    const ann = await newUser();
    const first = await create(ann);
    await create(ann, { count: MAX - 1 });
    expect((await ask(ann)).status).toBe(429);
    await setStatus(first.id, 'cancelled');
    expect((await ask(ann)).status).toBe(202);
  });

  test('cannot retry, either', async () => {
    const ann = await newUser();
    const failed = await create(ann);
    await setStatus(failed.id, 'failed');
    await create(ann, { count: MAX });
    const retried = await api.postJson(`/v1/generations/${failed.id}/retry`, {}, ann);
    expect((await problemOf(retried)).code).toBe('queue_full');
  });

  test('is answered all the same about what was accepted before', async () => {
    const ann = { ...(await newUser()), 'Idempotency-Key': 'full' };
    const first = await create(ann, { count: MAX });
    const again = await ask(ann, { count: MAX });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(first);
  });

  test('was let in as a whole while there was room, also by many requests at once', async () => {
    const ann = await newUser();
    await create(ann, { count: MAX - 1 });
    await create(ann, { count: 8 });
    const bob = await newUser();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(bob)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThanOrEqual(MAX);
    expect(statuses.every((status) => status === 202 || status === 429)).toBe(true);
    expect((await ask(bob)).status).toBe(429);
  });
});

describe('a priority', () => {
  const prioritiesOf = async (id: string) => {
    const shots = await api.database.query<{ priority: number }>(
      'SELECT priority FROM shots WHERE generation_id = $1',
      [id],
    );
    return shots.map(({ priority }) => priority);
  };
  const graph = {
    '1': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    '2': {
      class_type: 'CheckpointLoaderSimple',
      inputs: { ckpt_name: 'anything-v5-PrtRE.safetensors' },
    },
    '3': { class_type: 'VAEDecode', inputs: { samples: ['1', 0], vae: ['2', 2] } },
    '4': { class_type: 'SaveImage', inputs: { images: ['3', 0], filename_prefix: 'x' } },
  };

  test.each([
    ['wish', { prompt: 'a warrior', views: ['front', 'side'], priority: 10 }, [10, 10]],
    [
      'workflow',
      { workflow: 'text-to-image-sdxl', inputs: { prompt: 'a sea' }, priority: -10 },
      [-10],
    ],
    ['graph', { graph, priority: 3 }, [3]],
    ['wish without one', { prompt: 'a warrior' }, [0]],
  ])('of a %s is that of its pictures, and of their retry', async (_name, body, expected) => {
    const ann = await newUser();
    const response = await api.postJson('/v1/generations', body, ann);
    const created = await readAnswer('createGeneration', response);
    expect(created.priority).toBe(expected[0]);
    expect(created.inputs).not.toHaveProperty('priority');
    expect(await prioritiesOf(created.id)).toEqual(expected);
    const found = await api.fetch(created.urls.self, { headers: ann });
    expect((await readAnswer('getGeneration', found)).priority).toBe(expected[0]);

    await setStatus(created.id, 'failed');
    const again = await api.postJson(`${created.urls.self}/retry`, {}, ann);
    const retried = await readAnswer('retryGeneration', again);
    expect(retried.priority).toBe(expected[0]);
    expect(await prioritiesOf(retried.id)).toEqual(expected);
  });

  test.each([11, -11, 0.5, '1'])('of %j is none', async (priority) => {
    const problem = await problemOf(await ask(await newUser(), { priority }));
    expect(problem.errors).toMatchObject([{ pointer: '/priority' }]);
  });
});
