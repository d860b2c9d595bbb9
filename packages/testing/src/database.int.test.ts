import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { testDatabase } from './database';
import { testStorageDir } from './storageDir';

// A table name of its own makes these migrations, and so the template, new in every run.
const table = `shots_${Date.now()}`;
let deployments = 0;

async function deploy(options: { databaseUrl: string; migrationsDir: string }): Promise<void> {
  deployments++;
  for (const folder of await readdir(options.migrationsDir)) {
    const sql = await readFile(join(options.migrationsDir, folder, 'migration.sql'), 'utf8');
    await query(options.databaseUrl, sql);
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('testDatabase', () => {
  it('gives each caller a database of its own, and applies the migrations once', async () => {
    const migrationsDir = await testStorageDir();
    await mkdir(join(migrationsDir, '1_init'));
    const sql = `CREATE TABLE ${table} (id int)`;
    await writeFile(join(migrationsDir, '1_init', 'migration.sql'), sql);

    const options = { deploy, migrationsDir };
    const [first, second] = await Promise.all([testDatabase(options), testDatabase(options)]);
    await query(first, `INSERT INTO ${table} VALUES (1)`);
    expect(await query(first, `SELECT id FROM ${table}`)).toEqual([{ id: 1 }]);
    expect(await query(second, `SELECT id FROM ${table}`)).toEqual([]);
    expect(deployments).toBe(1);
  });
});
