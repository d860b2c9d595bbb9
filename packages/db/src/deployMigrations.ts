import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { Pool } from 'pg';
import type * as Glue from '@prisma/schema-engine-wasm/schema_engine_bg';

// Node has it; its typings leave it to browsers'.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/**
 * Applies what is missing of `prisma/migrations`, with Prisma's own engine (its WebAssembly build), so that
 * neither the Prisma CLI nor a native engine is needed. Safe to run by several processes at once.
 * @param options.databaseUrl Postgres connection URL
 * @param options.migrationsDir the folder of migrations
 * @returns the names of the migrations applied now
 */
export async function deployMigrations(options: {
  databaseUrl: string;
  migrationsDir: string;
}): Promise<string[]> {
  // One connection: the engine's advisory lock lives in its session.
  const pool = new Pool({ connectionString: options.databaseUrl, max: 1 });
  try {
    const engine = await createEngine(pool);
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: readMigrations(options.migrationsDir),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    await pool.end();
  }
}

/** The names of all migrations in the folder, oldest first: what a deployed database has applied. */
export function listMigrations(migrationsDir: string): string[] {
  return readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function createEngine(pool: Pool): Promise<Glue.SchemaEngine> {
  const glue = await (loading ??= loadGlue());
  return glue.SchemaEngine.new(
    { datamodels: [['schema.prisma', 'datasource db { provider = "postgresql" }']] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new WholeScripts(pool)),
  );
}

/** The adapter cuts scripts at every semicolon, those in function bodies too; Postgres takes a script whole, and in one transaction. */
class WholeScripts extends PrismaPg {
  constructor(private readonly pool: Pool) {
    super(pool);
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    connection.executeScript = async (script) => {
      await this.pool.query(script);
    };
    return connection;
  }
}

let loading: Promise<typeof Glue> | undefined;

async function loadGlue(): Promise<typeof Glue> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const glueFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = readFileSync(glueFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

function readMigrations(migrationsDir: string): Glue.MigrationList {
  const read = (...path: string[]) => readFileSync(join(migrationsDir, ...path), 'utf8');
  return {
    baseDir: migrationsDir,
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: listMigrations(migrationsDir).map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: read(name, 'migration.sql') },
      },
    })),
  };
}
