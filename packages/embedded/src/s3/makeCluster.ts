import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process/runCommand';
import { cephConf, monitorAddress } from './cephConf';
import type { CephPrograms } from './cephPrograms';

/** A cluster of one node, made and not yet running. */
export interface Cluster {
  dir: string;
  monitorPort: number;
  /** Runs a program of Ceph to its end. @returns what it prints. @throws what it says when it fails. */
  run: (program: keyof CephPrograms['paths'], ...args: string[]) => Promise<string>;
  /** The environment of its programs, beside the plain one. */
  env: Record<string, string>;
}

const COMMAND_TIMEOUT_MS = 60_000;
/** Of what a failed program says; the rest is its log. */
const LAST_LINES = 5;
/** The one user of the cluster, whom the gateway works as too. */
const ADMIN = 'client.admin';

/** @returns the arguments that make a key for `name` which may do everything. */
function allowAll(name: string, keyring: string): string[] {
  const caps = ['mon', 'osd'].flatMap((service) => ['--cap', service, 'allow *']);
  return ['-n', name, '--gen-key', ...caps, keyring];
}

/** Makes a new, empty cluster in `dir`; what was there is removed. */
export async function makeCluster(
  dir: string,
  programs: CephPrograms,
  { monitorPort, signal }: { monitorPort: number; signal: AbortSignal | undefined },
): Promise<Cluster> {
  const fsid = randomUUID();
  const [conf, keyring, monmap, osdmap] = ['ceph.conf', 'keyring', 'monmap', 'osdmap'].map((name) =>
    join(dir, name),
  ) as [string, string, string, string];
  rmSync(dir, { recursive: true, force: true });
  for (const name of ['mon', 'osd', 'gateway']) {
    mkdirSync(join(dir, name), { recursive: true, mode: 0o700 });
  }
  const { pluginSettings } = programs;
  writeFileSync(conf, cephConf({ fsid, dir, monitorPort, pluginSettings }), { mode: 0o600 });

  const env = { ...programs.env, CEPH_CONF: conf };
  const run: Cluster['run'] = async (program, ...args) => {
    const limits = { env, cwd: dir, timeoutMs: COMMAND_TIMEOUT_MS, signal };
    const { isOk, stdout, stderr } = await runCommand(programs.paths[program], args, limits);
    if (isOk) return stdout;
    const lastWords = stderr.trim().split('\n').slice(-LAST_LINES).join('\n');
    throw new Error(`${program} failed: ${lastWords}`);
  };
  const address = `[${monitorAddress({ monitorPort })}]`;
  await run('ceph-authtool', '-C', ...allowAll('mon.', keyring));
  for (const name of ['osd.0', ADMIN]) await run('ceph-authtool', ...allowAll(name, keyring));
  await run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, monmap);
  await run('osdmaptool', '--createsimple', '1', osdmap);
  const maps = ['--monmap', monmap, '--osdmap', osdmap, '--keyring', keyring];
  await run('ceph-mon', '--mkfs', '-i', 'a', ...maps);
  await run('ceph-osd', '--mkfs', '-i', '0', '--no-mon-config', '--osd-uuid', randomUUID());
  return { dir, monitorPort, run, env };
}
