import { mkdir, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, quantile } from '@avatarforge/pool-sim';
import { startApi, startServers, type Servers } from '@avatarforge/rig';
import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { createApiKey } from '@avatarforge/services';
import type { BareUploadOrder } from './bareUpload';
import type { Bench, BenchResult, Figure } from './bench';
import { askChild, startChild } from './childProgram';
import { cpuMsOf } from './cpu';
import type { UploadOrder, UploadResult } from './uploadLoad';

const CONNECTIONS = 4;
/** `side`: pixels of pictures of about so many megabytes. */
const SIZES = [
  { name: '1_mb', side: 577, count: 64 },
  { name: '8_mb', side: 1633, count: 16 },
] as const;

/** How fast pictures are taken in. */
export const upload: Bench = {
  name: 'upload',
  about:
    `The running system: POST /v1/files of pictures of noise, ${CONNECTIONS} at once, each checked, freed of metadata and stored in a ` +
    'local folder, synced; in turn with a bare handler that hashes what arrives while it writes it to a file, synced. ' +
    'All share the machine.',
  async run({ isQuick }): Promise<BenchResult> {
    const releasers = createReleasers({ log: { error: () => undefined } });
    try {
      return await measure(releasers, isQuick);
    } finally {
      await releasers.release();
    }
  },
};

/** Something that takes pictures. */
interface Target extends Pick<UploadOrder, 'port' | 'path' | 'key'> {
  pid: number;
}

async function measure(releasers: Releasers, isQuick: boolean): Promise<BenchResult> {
  const servers = await startServers(releasers, { isDurable: true });
  const ours = await startOurs(servers, releasers);
  const bare = await startBare(servers, releasers);
  const load = startChild('uploadLoad', releasers);
  const result: BenchResult = {};
  for (const { name, side, count } of SIZES) {
    const play = async ({ pid, ...target }: Target, share = 1): Promise<Round> => {
      const order = {
        ...target,
        side,
        connections: CONNECTIONS,
        count: Math.ceil((count * share) / (isQuick ? 2 : 1)),
      };
      const before = cpuMsOf(pid);
      const sent = await askChild<UploadResult>(load, order satisfies UploadOrder);
      return toRound(sent, before, cpuMsOf(pid));
    };
    await play(ours, 0.25);
    await play(bare, 0.25);
    const rounds: [Round, Round][] = [];
    for (let n = 0; n < (isQuick ? 3 : 7); n += 1)
      rounds.push([await play(ours), await play(bare)]);
    result[name] = toFigures(rounds);
  }
  const peak = peakRssMb(ours.pid);
  return { ...result, ...(peak !== null && { rss_peak_mb: { name: '', measured: peak } }) };
}

async function startOurs(servers: Servers, releasers: Releasers): Promise<Target> {
  const api = await startApi(servers, { releasers });
  const owner = { userName: 'bench', role: 'user', name: 'bench' } as const;
  const { key } = await createApiKey({ database: servers.database }, owner);
  return { pid: api.pid, port: Number(new URL(api.url).port), path: '/v1/files', key };
}

async function startBare({ home }: Servers, releasers: Releasers): Promise<Target> {
  const folder = join(home, 'bare');
  await mkdir(folder);
  releasers.push('bare folder', () => rm(folder, { recursive: true }), { timeoutMs: 10_000 });
  const child = startChild('bareUpload', releasers);
  const port = await askChild<number>(child, { folder } satisfies BareUploadOrder);
  return { pid: child.pid ?? NaN, port, path: '/', key: '' };
}

interface Round {
  mbPerSecond: number;
  p50: number;
  p99: number;
  /** Of the process that receives; null where the system does not tell. */
  cpuMsPerMb: number | null;
}

function toRound(sent: UploadResult, before: number | null, after: number | null): Round {
  const { megabytes, seconds, took } = sent;
  return {
    mbPerSecond: megabytes / seconds,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    cpuMsPerMb: before === null || after === null ? null : (after - before) / megabytes,
  };
}

function toFigures(rounds: [Round, Round][]): Figure[] {
  const figure = (name: string, of: (round: [Round, Round]) => number | null): Figure[] => {
    const values = rounds.map(of).filter((value) => value !== null);
    return values.length === 0 ? [] : [{ name, measured: median(values) }];
  };
  return [
    ...figure('mb_per_second', ([ours]) => ours.mbPerSecond),
    ...figure('floor_mb_per_second', ([, bare]) => bare.mbPerSecond),
    ...figure('ratio_to_floor', ([ours, bare]) => ours.mbPerSecond / bare.mbPerSecond),
    ...figure('p50_ms', ([ours]) => ours.p50),
    ...figure('p99_ms', ([ours]) => ours.p99),
    ...figure('floor_p99_ms', ([, bare]) => bare.p99),
    ...figure('cpu_ms_per_mb', ([ours]) => ours.cpuMsPerMb),
    ...figure('floor_cpu_ms_per_mb', ([, bare]) => bare.cpuMsPerMb),
  ];
}

/** The most memory that a process ever had; null where the system is not Linux. */
function peakRssMb(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
