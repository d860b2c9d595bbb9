import { LEASE_TTL_MS, type Lease } from '@avatarforge/db';

/** Nothing with an effect outside is begun this long before the lease may have run out. */
const SAFETY_MS = 1000;

/**
 * A lease as its holder sees it. Postgres' fence stops late writes; this one stops late side effects on ComfyUI, by a
 * monotonic clock: a process that slept through its lease finds it over when it wakes.
 */
export class HeldLease {
  private readonly ended = new AbortController();
  private validUntil: number;
  /** The instance was removed: it gets nothing new, and is followed to its last prompt. */
  isLeaving = false;

  /** `askedAt`: `performance.now()` from before the lease was asked for. */
  constructor(
    readonly lease: Lease,
    askedAt: number,
  ) {
    this.validUntil = askedAt + LEASE_TTL_MS - SAFETY_MS;
  }

  /** Aborts when the lease is lost or given back. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** Whether a side effect may begin now. */
  isHeld(): boolean {
    return this.remainingMs() > 0;
  }

  /** For how long side effects are allowed if the lease is not renewed: what is begun should be over by then. */
  remainingMs(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.validUntil - performance.now());
  }

  renewed(askedAt: number): void {
    this.validUntil = askedAt + LEASE_TTL_MS - SAFETY_MS;
  }

  end(): void {
    this.ended.abort();
  }
}
