import { DependencyError } from '@avatarforge/core';
import { startProxy } from '@avatarforge/testing';
import { openDatabase, type Database } from './database';
import { givenDatabaseUrl } from './fixtures/givenPool';

let url: string;
let db: Database;

beforeAll(async () => {
  url = await givenDatabaseUrl();
  db = openDatabase({ url, onError: () => undefined });
});

afterAll(() => db.close());

test('what fails in a transaction leaves nothing behind, and the connection goes on', async () => {
  const insert = `INSERT INTO users (id, name, role) VALUES (gen_random_uuid(), 'ann', 'user')`;
  const work = db.transaction(async (query) => {
    await query(insert);
    await query(insert);
  });
  await expect(work).rejects.toMatchObject({ constraint: 'users_name_key' });
  expect(await db.query('SELECT 1 FROM users')).toEqual([]);
});

test.each([
  ['SQL', (away: Database) => away.query('SELECT 1')],
  ['Prisma', (away: Database) => away.prisma.user.findMany()],
  ['a transaction', (away: Database) => away.transaction((query) => query('SELECT 1'))],
])('a server that is away is a failed dependency, by %s', async (_way, ask) => {
  const proxy = await startProxy(url);
  const away = openDatabase({ url: proxy.url, onError: () => undefined });
  await away.query('SELECT 1');
  await proxy.cut();
  await expect(ask(away)).rejects.toBeInstanceOf(DependencyError);
  await proxy.restore();
  await expect(ask(away)).resolves.toBeDefined();
  await away.close();
});
