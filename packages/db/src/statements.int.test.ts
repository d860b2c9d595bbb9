import { DependencyError } from '@avatarforge/core';
import { afterTests, testDatabase } from '@avatarforge/testing';
import { join } from 'node:path';
import { deployMigrations, openDatabase, type Database } from './index';

let database: Database;
let changer: Database;

beforeAll(async () => {
  const migrationsDir = join(__dirname, '../../../prisma/migrations');
  const url = await testDatabase({ deploy: deployMigrations, migrationsDir });
  database = openDatabase({ url, maxConnections: 1, onError: () => undefined });
  changer = openDatabase({ url, maxConnections: 1, onError: () => undefined });
  afterTests(() => Promise.all([database.close(), changer.close()]));
  await changer.query('CREATE TABLE things (id int)');
  await changer.query('INSERT INTO things VALUES (1)');
}, 60_000);

const read = (on: Pick<Database, 'query'>) => on.query('SELECT * FROM things WHERE id = $1', [1]);

test('a statement is prepared once for each connection', async () => {
  await read(database);
  await read(database);
  const prepared = await database.query<{ calls: number }>(
    `SELECT (generic_plans + custom_plans)::int AS calls FROM pg_prepared_statements WHERE statement LIKE '%FROM things%'`,
  );
  expect(prepared).toEqual([{ calls: 2 }]);
});

test('a migration that changes what a prepared statement gives is noticed, and the statement prepared anew', async () => {
  expect(await read(database)).toEqual([{ id: 1 }]);
  await changer.query('ALTER TABLE things ADD COLUMN color text');
  expect(await read(database)).toEqual([{ id: 1, color: null }]);
});

test('in a transaction it says that it may be tried again, and then works', async () => {
  await database.transaction((query) => read({ query }));
  await changer.query('ALTER TABLE things ADD COLUMN size int');
  const twice = () => database.transaction((query) => read({ query }));
  await expect(twice()).rejects.toThrow(DependencyError);
  expect(await twice()).toEqual([{ id: 1, color: null, size: null }]);
});
