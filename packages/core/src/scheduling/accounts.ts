// Fairness by GPU time, after the virtual token counter: Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024
// (arXiv 2401.00588). The least served goes next; who comes back from idling is lifted, so that idling saves up nothing.
import type { EndReason } from '../endReasons';
import type { Account } from './types';

/** GPU time served to an owner, divided by its weight: what fairness compares. Never below the virtual time. */
export function weightedServiceMs(account: Account, virtualTimeMs: number): number {
  return Math.max(virtualTimeMs, account.servedMs / account.weight);
}

/**
 * The next virtual time: the least weighted service among owners with work waiting that some instance can run. It never goes
 * back, and stays where it is while nobody waits.
 */
export function nextVirtualTimeMs(waiting: readonly Account[], virtualTimeMs: number): number {
  if (waiting.length === 0) return virtualTimeMs;
  const least = Math.min(...waiting.map((account) => account.servedMs / account.weight));
  return Math.max(virtualTimeMs, least);
}

/** What to add to the served time of an owner with work waiting, so that it starts from the virtual time; often 0. */
export function liftMs(account: Account, virtualTimeMs: number): number {
  return Math.max(0, virtualTimeMs * account.weight - account.servedMs);
}

/** Who pays for an attempt that ended without a result: its owner, or nobody where the cause was ours. */
const PAYERS = {
  released: 'nobody',
  not_submitted: 'nobody',
  evicted: 'nobody',
  outputs_lost: 'nobody',
  instance_lost: 'nobody',
  instance_retired: 'nobody',
  device_error: 'nobody',
  disk_full: 'nobody',
  hang: 'nobody',
  out_of_memory: 'nobody',
  cancelled: 'owner',
  cancel_ignored: 'owner',
  internal_error: 'nobody',
  inputs_lost: 'nobody',
  node_error: 'owner',
  missing_model: 'nobody',
  missing_node: 'nobody',
  rejected: 'owner',
  no_outputs: 'owner',
  outputs_unusable: 'owner',
} as const satisfies Record<EndReason, 'owner' | 'nobody'>;

/** An attempt that is over, as far as its owner pays for it. Milliseconds. */
export interface Ending {
  /** `null`: it succeeded. */
  reason: EndReason | null;
  /** GPU time it took; 0 when it never started. */
  gpuMs: number;
  /** The part of it in which models were loaded; an estimate will do. */
  loadMs: number;
}

/** What the owner pays for an attempt, milliseconds of GPU time. Nobody pays for loading models. */
export function chargeMs({ reason, gpuMs, loadMs }: Ending): number {
  if (reason !== null && PAYERS[reason] === 'nobody') return 0;
  return Math.max(0, gpuMs - loadMs);
}
