import { quantile } from '@avatarforge/pool-sim';
import { count, type Verdict } from './audit/audit';
import type { ExtraRun } from './audit/runs';
import type { Outcome, Phase } from './run';

/** What a run found, as it is printed and written down. */
export interface Report {
  generations: number;
  shots: number;
  faults: number;
  /** Of the faults that were made. */
  kinds: string[];
  not_run: string[];
  lost: number;
  duplicated: number;
  wrong_terminal: number;
  strays_published: number;
  /** Pictures drawn again with nothing but a dead worker to explain it, or nothing at all. */
  extra_runs_after_worker_kill: number;
  /** Pictures drawn again because their instance died: the most that one death cost. */
  extra_runs_after_instance_kill: number;
  extra_runs: { faults: number; paused_worker: number; cancelled: number };
  recovery_s: { p50: number; p99: number; max: number; count: number };
  orphan_blobs: number;
  dangling_files: number;
  webhooks_missing: number;
  webhooks_forged: number;
  refusals: number;
  processes_ended_by_themselves: number;
  /** Pictures drawn each second. */
  per_second: { calm: number; faults: number; after: number };
  throughput_share: { during: number; after: number };
}

/** Counts. */
export function toReport(outcome: Outcome, verdict: Verdict): Report {
  const { evidence, recoveries, phases } = outcome;
  const seconds = recoveries.map(({ ms }) => ms / 1000);
  const rates = ratesOf(outcome, phases);
  const because = (cause: ExtraRun['cause']) =>
    verdict.extraRuns.filter((run) => run.cause === cause).length;
  return {
    generations: evidence.asked.length,
    shots: evidence.shots.length,
    faults: evidence.faults.length,
    kinds: [...new Set(evidence.faults.map(({ kind }) => kind))].sort(),
    not_run: [...outcome.notRun],
    lost: count(verdict, 'lost'),
    duplicated: count(verdict, 'duplicated') + count(verdict, 'ran_twice'),
    wrong_terminal: count(verdict, 'wrong_terminal'),
    strays_published: count(verdict, 'stray_published'),
    extra_runs_after_worker_kill: count(verdict, 'ran_in_vain'),
    extra_runs_after_instance_kill: mostForOneDeath(verdict.extraRuns),
    extra_runs: {
      faults: because('fault'),
      paused_worker: because('paused_worker'),
      cancelled: because('cancelled'),
    },
    recovery_s: {
      p50: quantile(seconds, 0.5),
      p99: quantile(seconds, 0.99),
      max: Math.max(0, ...seconds),
      count: seconds.length,
    },
    orphan_blobs: count(verdict, 'orphan_blob'),
    dangling_files: count(verdict, 'dangling_file'),
    webhooks_missing: count(verdict, 'webhook_missing'),
    webhooks_forged: count(verdict, 'webhook_forged'),
    refusals: outcome.refusals.length,
    processes_ended_by_themselves: outcome.ownEnds.length,
    per_second: rates,
    throughput_share: { during: rates.faults / rates.calm, after: rates.after / rates.calm },
  };
}

const DEATHS = new Set(['instance_killed', 'instance_hung', 'zombie']);

/** An instance that dies takes the run in progress with it, and no other. */
function mostForOneDeath(runs: readonly ExtraRun[]): number {
  const perDeath = new Map<unknown, number>();
  for (const { fault } of runs)
    if (fault && DEATHS.has(fault.kind)) perDeath.set(fault, (perDeath.get(fault) ?? 0) + 1);
  return Math.max(0, ...perDeath.values());
}

function ratesOf({ evidence }: Outcome, phases: readonly Phase[]): Report['per_second'] {
  const rate = (name: Phase['name']): number => {
    const phase = phases.find((one) => one.name === name);
    if (!phase || phase.to === phase.from) return 0;
    const drawn = evidence.executions.filter(
      ({ outcome, ended_at: at }) =>
        outcome === 'success' && at !== null && at >= phase.from && at < phase.to,
    );
    return (drawn.length * 1000) / (phase.to - phase.from);
  };
  return { calm: rate('calm'), faults: rate('faults'), after: rate('after') };
}

/** A bound that a figure of the report is to keep. */
interface Target {
  figure: string;
  atMost?: number;
  atLeast?: number;
  holds: boolean;
}

const NONE = [
  ...(['lost', 'duplicated', 'wrong_terminal', 'strays_published', 'orphan_blobs'] as const),
  ...(['extra_runs_after_worker_kill', 'dangling_files', 'webhooks_missing', 'refusals'] as const),
];

/** What the figures are held to. */
export function targetsOf(report: Report): Target[] {
  const atMost = (figure: string, measured: number, bound: number): Target => ({
    ...{ figure, atMost: bound, holds: measured <= bound },
  });
  const { extra_runs_after_instance_kill: extra, recovery_s, throughput_share: share } = report;
  return [
    ...NONE.map((figure) => atMost(figure, report[figure], 0)),
    atMost('extra_runs_after_instance_kill', extra, 1),
    atMost('recovery_s.p99', recovery_s.p99, 10),
    { figure: 'throughput_share.after', atLeast: 0.95, holds: share.after >= 0.95 },
  ];
}
