import { join } from 'node:path';
import { newId } from '@avatarforge/core';
import {
  deployMigrations,
  findEventsAfter,
  insertGeneration,
  openDatabase,
  type Database,
} from '@avatarforge/db';
import { afterTests, eventually, testDatabase } from '@avatarforge/testing';
import { ensureLocalUser } from '../users';
import { startEventRelay, type EventRelay } from './eventRelay';

const migrationsDir = join(__dirname, '../../../../prisma/migrations');

let database: Database;
let ownerId: string;

beforeAll(async () => {
  const url = await testDatabase({ deploy: deployMigrations, migrationsDir });
  database = openDatabase({
    url,
    onError: () => {
      // Connections are cut on purpose.
    },
  });
  afterTests(() => database.close());
  ownerId = (await ensureLocalUser({ database })).userId;
}, 60_000);

const relays: EventRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

function givenRelay(onError: (error: unknown) => void = () => undefined): {
  relay: EventRelay;
  moved: () => number;
} {
  let moved = 0;
  const relay = startEventRelay({
    ...{ database, publicUrl: '', onError },
    onRelayed: (relayed) => {
      moved += relayed.moved;
    },
  });
  relays.push(relay);
  return { relay, moved: () => moved };
}

async function happen(count: number): Promise<void> {
  const nothing = { prompt: '', negativePrompt: '', inputs: {}, workflow: '', notes: [] };
  for (let n = 0; n < count; n++) {
    const generation = { id: newId(), ownerId, ...nothing, request: {}, retryOf: null };
    await insertGeneration(database, { ...generation, files: [], shots: [] });
  }
}

const logged = async () =>
  (await findEventsAfter(database, '0', { ownerId, limit: 5000 })).map(({ body }) => body);

it('relays each event once, however often and from wherever it is rung for', async () => {
  const before = (await logged()).length;
  const three = [givenRelay(), givenRelay(), givenRelay()];
  const writers = three.map(async ({ relay }) => {
    for (let n = 0; n < 20; n++) {
      await happen(1);
      relay.ring();
    }
  });
  await Promise.all(writers);
  await eventually(async () => (await logged()).length === before + 60);
  await Promise.all(three.map(({ relay }) => relay.stop()));
  expect(three.reduce((sum, { moved }) => sum + moved(), 0)).toBe(60);
});

it('finds what a process left behind that died before it could tell', async () => {
  const before = (await logged()).length;
  await happen(3);
  const { moved } = givenRelay();
  await eventually(() => moved() === 3);
  expect(await logged()).toHaveLength(before + 3);
});

it('goes on when Postgres cut its connections', async () => {
  const errors: unknown[] = [];
  const { relay, moved } = givenRelay((error) => errors.push(error));
  await database.transaction(async (query) => {
    await query('LOCK outbox IN ACCESS EXCLUSIVE MODE');
    relay.ring();
    await eventually(async () => {
      const [waiting] = await database.query<{ killed: boolean }>(
        `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
           WHERE datname = current_database() AND query LIKE '%relay_events%' AND wait_event_type = 'Lock'`,
      );
      return waiting?.killed === true;
    });
  });
  await eventually(() => errors.length > 0);
  await happen(2);
  await eventually(() => moved() >= 2);
});

it('sets aside what cannot be relayed, and tells of the rest', async () => {
  const errors: string[] = [];
  await happen(1);
  await database.query(
    // No body can be made of outputs that are no list.
    `UPDATE outbox SET facts = facts || '{"outputs": "none"}' WHERE id = (SELECT min(id) FROM outbox)`,
  );
  await happen(3);
  const { relay, moved } = givenRelay((error) => {
    errors.push(String(error));
  });
  await eventually(
    () => {
      relay.ring();
      return moved() === 3;
    },
    { timeoutMs: 15_000 },
  );
  expect(errors.at(-1)).toContain('was set aside');
  const left = await database.query('SELECT id FROM outbox WHERE set_aside_at IS NOT NULL');
  expect(left).toHaveLength(1);
});
