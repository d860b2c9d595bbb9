import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { ROOT, startServers } from '@avatarforge/rig';
import { createReleasers } from '@avatarforge/runtime';

/** What the figures of a run depend on. */
export interface Environment {
  node: string;
  platform: string;
  cores: number;
  cpu: string;
  memory_gb: number;
  postgres: string;
  redis: string;
  /** Of this repository, with a `+` where files differ from it; `unknown` without git. */
  commit: string;
}

/** Reads the environment; starts Postgres and Redis for a moment, to ask which they are. @throws EmbeddedError */
export async function readEnvironment(): Promise<Environment> {
  const releasers = createReleasers({ log: { error: () => undefined } });
  try {
    const { postgres, redis } = await startServers(releasers);
    return {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cores: availableParallelism(),
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      memory_gb: Math.round((totalmem() / 1024 ** 3) * 10) / 10,
      postgres: postgres.version,
      redis: redis.version.replace(/^redis /, ''),
      commit: readCommit(),
    };
  } finally {
    await releasers.release();
  }
}

/** The environment on two lines. */
export function environmentLines(environment: Environment): string {
  const { node, platform, cores, cpu, memory_gb, postgres, redis, commit } = environment;
  return (
    `${cores} cores (${cpu}), ${memory_gb} GB, ${platform}\n` +
    `Node ${node}, Postgres ${postgres}, Redis ${redis}, commit ${commit}`
  );
}

function readCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const isClean = git('status', '--porcelain', '--untracked-files=no') === '';
    return git('rev-parse', '--short', 'HEAD').trim() + (isClean ? '' : '+');
  } catch {
    return 'unknown';
  }
}
