import {
  chargeMs,
  learnBias,
  learnTimes,
  learnWarmSize,
  liftMs,
  nextVirtualTimeMs,
  type Account,
} from '@avatarforge/core';
import {
  listLaneTimes,
  readActiveAccounts,
  readForecastBias,
  readPoolInstances,
  readVirtualTime,
  runSingle,
  saveAccounts,
  saveForecastBias,
  saveLaneTimes,
  saveWarmSizes,
  settleAttempts,
  type ActiveAccount,
  type Database,
  type LaneTimesRecord,
  type UnsettledAttempt,
} from '@avatarforge/db';
import { LaneClock } from '../scheduling/laneClock';

const BATCH = 1000;

/**
 * Charges owners for what is over, lifts those who come back to the virtual time, and learns from it how long shots take. One
 * process at a time, in one transaction: an attempt counts as estimated until the very moment it is charged.
 */
export async function settle(database: Database): Promise<void> {
  await runSingle(database, 'settle', async (query) => {
    const over = await settleAttempts(query, BATCH);
    const clock = new LaneClock(over.length > 0 ? await listLaneTimes({ query }) : []);
    await charge(query, over, clock);
    if (over.length === 0) return;
    await learn(query, over, clock);
    await learnForesight(query, over);
  });
}

async function charge(
  query: Database['query'],
  over: UnsettledAttempt[],
  clock: LaneClock,
): Promise<void> {
  const charges = new Map<string, number>();
  for (const { ownerId, instanceId, lane, endReason: reason, isCold, gpuMs } of over) {
    const loadMs = isCold ? clock.times(instanceId, lane).loadMs : 0;
    const ms = chargeMs({ reason, gpuMs: gpuMs ?? 0, loadMs });
    charges.set(ownerId, (charges.get(ownerId) ?? 0) + ms);
  }
  const virtualTimeMs = await readVirtualTime(query);
  const active = (await readActiveAccounts(query)).map((account) => ({
    ...account,
    servedMs: account.servedMs + (charges.get(account.ownerId) ?? 0),
  }));
  const lifts = new Map(active.map((account) => [account.ownerId, lift(account, virtualTimeMs)]));
  const owners = [...new Set([...charges.keys(), ...lifts.keys()])];
  const waiting = new Map(active.map(({ ownerId, isWaiting }) => [ownerId, isWaiting]));
  const changes = owners.map((ownerId) => ({
    ownerId,
    addMs: (charges.get(ownerId) ?? 0) + (lifts.get(ownerId) ?? 0),
    isWaiting: waiting.get(ownerId) ?? false,
  }));
  await saveAccounts(query, changes, nextVirtualTimeMs(inService(active), virtualTimeMs));
}

/** Who comes back starts from the virtual time. */
function lift(account: ActiveAccount, virtualTimeMs: number): number {
  return account.isWaiting && !account.wasWaiting ? liftMs(account, virtualTimeMs) : 0;
}

/** Those whose shots are on instances: who only waits for what nothing can run holds nobody back. */
function inService(active: ActiveAccount[]): Account[] {
  return active
    .filter(({ openMs }) => openMs > 0)
    .map((account) => ({ ...account, servedMs: account.servedMs + account.openMs }));
}

async function learn(
  query: Database['query'],
  over: UnsettledAttempt[],
  clock: LaneClock,
): Promise<void> {
  const records = new Map<string, LaneTimesRecord>();
  const instances = await readPoolInstances({ query });
  const warmSizes = new Map(instances.map(({ id, warmSize }) => [id, warmSize]));
  const learned = new Map<string, number>();
  for (const { instanceId, lane, endReason, isCold: wasCold, gpuMs } of over) {
    if (endReason !== null || gpuMs === null) continue;
    const expected = clock.times(instanceId, lane);
    const known = clock.learned(instanceId, lane);
    const run = { gpuMs, wasCold };
    const record = { ...known, ...learnTimes(known, expected, run), runs: known.runs + 1 };
    clock.learn(record);
    records.set(`${instanceId} ${lane}`, record);
    const size = learned.get(instanceId) ?? warmSizes.get(instanceId) ?? 1;
    const next = learnWarmSize(size, run, expected);
    if (next !== size) learned.set(instanceId, next);
  }
  await saveLaneTimes(query, [...records.values()]);
  await saveWarmSizes(query, learned);
}

async function learnForesight(query: Database['query'], over: UnsettledAttempt[]): Promise<void> {
  const late = over.flatMap(({ lateMs }) => (lateMs === null ? [] : [lateMs]));
  if (late.length === 0) return;
  const bias = late.reduce(
    (known, lateMs) => learnBias(known, { saidMs: 0, waitedMs: lateMs }),
    await readForecastBias({ query }),
  );
  await saveForecastBias(query, bias);
}
