import { join } from 'node:path';
import { newApiKey } from '@avatarforge/core';
import { deployMigrations, openDatabase, type Database } from '@avatarforge/db';
import { afterTests, testDatabase } from '@avatarforge/testing';
import { authenticate } from './authenticate';
import { createApiKey } from './createApiKey';
import { createFirstAdminKey } from './createFirstAdminKey';
import { ensureLocalUser } from './ensureLocalUser';
import { ALL_SCOPES } from './scopes';

const migrationsDir = join(__dirname, '../../../../prisma/migrations');
const onError = (error: unknown) => {
  throw error;
};

let database: Database;
beforeAll(async () => {
  const url = await testDatabase({ deploy: deployMigrations, migrationsDir });
  database = openDatabase({ url, onError });
  afterTests(() => database.close());
}, 60_000);

const roleOf = async (userName: string) => {
  const [row] = await database.query<{ role: string }>('SELECT role FROM users WHERE name = $1', [
    userName,
  ]);
  return row?.role;
};

test('of many who ask for the first key at once exactly one gets it, and later ones do not', async () => {
  const keys = await Promise.all(
    Array.from({ length: 5 }, () => createFirstAdminKey({ database })),
  );
  const made = keys.filter((key) => key !== null);
  expect(made).toHaveLength(1);
  expect(await createFirstAdminKey({ database })).toBeNull();
  const ctx = await authenticate({ database, onError }, { key: made[0]! });
  expect(ctx?.scopes).toEqual(ALL_SCOPES);
  expect(await roleOf('admin')).toBe('admin');
});

test('a key stands for its user and its scopes; the user is made once and keeps the role', async () => {
  const ann = { userName: 'ann', role: 'user', name: 'laptop' } as const;
  const first = await createApiKey({ database }, { ...ann, scopes: ['files:read'] });
  const second = await createApiKey({ database }, { ...ann, role: 'admin' });
  expect(second.userId).toBe(first.userId);
  expect(await roleOf('ann')).toBe('user');
  expect(await authenticate({ database, onError }, { key: first.key })).toEqual({
    userId: first.userId,
    scopes: ['files:read'],
  });
});

test('a key is nowhere in the database', async () => {
  const made = await createApiKey({ database }, { userName: 'eve', role: 'user', name: 'x' });
  const rows = await database.query('SELECT k::text AS all FROM api_keys k WHERE id = $1', [
    made.id,
  ]);
  expect(JSON.stringify(rows)).toContain(made.shownPrefix);
  expect(JSON.stringify(rows)).not.toContain(made.key.slice(0, 20));
});

test('a key that has expired, or was never made, is nobody', async () => {
  const expiresAt = new Date(Date.now() - 1000);
  const old = await createApiKey(
    { database },
    { userName: 'ann', role: 'user', name: 'old', expiresAt },
  );
  for (const key of [old.key, newApiKey(), 'af_nonsense', '']) {
    expect(await authenticate({ database, onError }, { key })).toBeNull();
  }
});

test('there is one local user, who may do everything', async () => {
  const [first, second] = await Promise.all([
    ensureLocalUser({ database }),
    ensureLocalUser({ database }),
  ]);
  expect(second).toEqual(first);
  expect(first.scopes).toEqual(ALL_SCOPES);
});
