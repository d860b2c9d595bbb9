import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { serverUrl } from './config';
import { eventually } from './eventually';
import { afterTests } from './cleanup';

/** How migrations are applied, and which. */
export interface TestDatabaseOptions {
  deploy: (options: { databaseUrl: string; migrationsDir: string }) => Promise<unknown>;
  /** The folder that holds one folder for each migration. */
  migrationsDir: string;
}

/** Any number, the same for everyone who builds a template. */
const TEMPLATE_LOCK = 7_041_776;

/**
 * The address of a fresh, migrated database of the calling test file's own, dropped after its tests.
 * The migrations are applied once, to a template that all test files copy; other migrations make
 * another template. The first call may take seconds: give the `beforeAll` that makes it time.
 */
export async function testDatabase(options: TestDatabaseOptions): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (admin) => {
    const template = await ensureTemplate(admin, options);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  afterTests(() => asAdmin((admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`)));
  return urlOf(name);
}

async function ensureTemplate(admin: Client, options: TestDatabaseOptions): Promise<string> {
  const template = `template_${await fingerprint(options.migrationsDir)}`;
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 0) await buildTemplate(admin, template, options);
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return template;
}

/** Built under another name, so that a process killed meanwhile leaves no half-made template. */
async function buildTemplate(
  admin: Client,
  template: string,
  { deploy, migrationsDir }: TestDatabaseOptions,
): Promise<void> {
  const draft = `draft_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${draft}`);
  try {
    await deploy({ databaseUrl: urlOf(draft), migrationsDir });
    // The server may still be closing the connections that applied the migrations.
    await eventually(() => admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`));
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  }
}

async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  for (const file of files.sort())
    hash.update(file.slice(folder.length)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function asAdmin<T>(run: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: serverUrl('TEST_DATABASE_URL') });
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl('TEST_DATABASE_URL'));
  url.pathname = `/${database}`;
  return url.href;
}
