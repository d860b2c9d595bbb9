import { startTestApi, type TestApi, readAnswer } from './fixtures/startTestApi';
import { findEventsAfter } from '@avatarforge/db';
import { eventually } from '@avatarforge/testing';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ auth: true });
});

const wish = (prompt: string) => ({ prompt });

async function as(name: string): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await api.createKey(name)}` };
}

it('asks for many at once, tells how they are, and is cancelled as a whole', async () => {
  const ann = await as('ann');
  const body = { generations: ['red', 'green', 'blue'].map((hue) => wish(`a ${hue} warrior`)) };
  const answer = await api.postJson('/v1/batches', body, ann);
  const batch = await readAnswer('createBatch', answer);
  expect(answer.headers.get('location')).toBe(`/v1/batches/${batch.id}`);
  expect(batch).toMatchObject({ total: 3, completed: 0, finished_at: null });
  expect(api.rung).toHaveLength(3);
  const prompts = batch.generations.map(async ({ urls }) => {
    const found = await api.fetch(urls.self, { headers: ann });
    return (await readAnswer('getGeneration', found)).prompt;
  });
  expect(await Promise.all(prompts)).toEqual([
    'a red warrior',
    'a green warrior',
    'a blue warrior',
  ]);

  const cancelled = await api.postJson(`/v1/batches/${batch.id}/cancel`, {}, ann);
  expect(await readAnswer('cancelBatch', cancelled)).toMatchObject({ cancelled: 3 });
  const shown = await api.fetch(`/v1/batches/${batch.id}`, { headers: ann });
  expect((await readAnswer('getBatch', shown)).finished_at).not.toBeNull();
  await eventually(async () => {
    const log = await findEventsAfter(api.database, '0', { limit: 100 });
    return log.filter(({ event }) => event === 'batch.completed').length === 1;
  });

  const bob = await as('bob');
  for (const path of [`/v1/batches/${batch.id}`, '/v1/batches/nonsense']) {
    expect((await api.fetch(path, { headers: bob })).status).toBe(404);
  }
});

it('is accepted as a whole, or not at all, and names what is wrong', async () => {
  const eve = await as('eve');
  const gone = '01980000-0000-7000-8000-000000000000';
  const generations = [wish('a warrior'), { ...wish('a wizard'), reference_file_id: gone }];
  const answer = await api.postJson('/v1/batches', { generations }, eve);
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({
    code: 'unknown_file',
    errors: [{ pointer: '/generations/1/reference_file_id' }],
  });
  const list = await api.fetch('/v1/generations', { headers: eve });
  expect((await readAnswer('listGenerations', list)).data).toEqual([]);
});

it.each([
  ['none', { generations: [] }],
  ['too many', { generations: Array.from({ length: 101 }, () => wish('a warrior')) }],
  ['one that is no wish', { generations: [{ prompt: 'x' }] }],
])('refuses %s', async (_what, body) => {
  const answer = await api.postJson('/v1/batches', body, await as('ann'));
  expect(answer.status).toBe(422);
});

it('is one, however often it is sent with the same key', async () => {
  const headers = { ...(await as('kim')), 'idempotency-key': 'the-first' };
  const body = { generations: [wish('a warrior'), wish('a wizard')] };
  const answers = await Promise.all(
    [1, 2, 3].map(() => api.postJson('/v1/batches', body, headers)),
  );
  const batches = await Promise.all(answers.map((answer) => readAnswer('createBatch', answer)));
  expect(new Set(batches.map(({ id }) => id)).size).toBe(1);
  const replayed = answers.filter(({ headers: said }) => said.get('idempotency-replayed'));
  expect(replayed).toHaveLength(2);
});
