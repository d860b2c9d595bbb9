import { liftMs, nextVirtualTimeMs, type Account } from '@avatarforge/core';

/** The accounts of the owners, settled once a second as in production. */
export class Ledger {
  readonly #accounts: Map<string, Account>;
  #settledSecond = -1;
  virtualTimeMs = 0;

  constructor(owners: Iterable<string>, weights: Record<string, number>) {
    this.#accounts = new Map(
      [...owners].map((ownerId) => [
        ownerId,
        { ownerId, weight: weights[ownerId] ?? 1, servedMs: 0 },
      ]),
    );
  }

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Charges (or, below zero, refunds) GPU time. */
  charge(owner: string, ms: number): void {
    const account = this.#accounts.get(owner);
    if (account) account.servedMs += ms;
  }

  /** What is done at each full second: virtual time goes on, who came back is lifted to it. */
  settle(nowMs: number, waiting: ReadonlySet<string>): void {
    const second = Math.floor(nowMs / 1000);
    if (second === this.#settledSecond) return;
    this.#settledSecond = second;
    const backlogged = this.accounts().filter(({ ownerId }) => waiting.has(ownerId));
    for (const account of backlogged) account.servedMs += liftMs(account, this.virtualTimeMs);
    this.virtualTimeMs = nextVirtualTimeMs(backlogged, this.virtualTimeMs);
  }
}
