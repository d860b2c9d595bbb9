import { join } from 'node:path';

// Source and build lie equally deep: apps/api/src, apps/api/dist.
const ROOT = join(__dirname, '../../..');

/** The migrations that the database must have applied. */
export const MIGRATIONS_DIR = join(ROOT, 'prisma/migrations');
/** One page for each problem code. */
export const PROBLEM_PAGES_DIR = join(ROOT, 'docs/problems');
