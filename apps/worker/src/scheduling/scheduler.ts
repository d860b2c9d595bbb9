import {
  choose,
  DEFAULT_SCHEDULING,
  depthFor,
  focusOn,
  forecast,
  hasAffinity,
  nextWarmLanes,
  shortlist,
  type Backlog,
  type Choice,
  type InstanceView,
  type LaneTimes,
  type Line,
  type RequirementBacklog,
} from '@avatarforge/core';
import {
  listLaneTimes,
  MANY_WAITING,
  readLines,
  readNeeds,
  readPoolInstances,
  type ClaimChoice,
  type ClaimedAttempt,
  type Database,
  type PoolForecast,
  type PoolInstance,
} from '@avatarforge/db';
import { LaneClock } from './laneClock';
import { Runnability } from './runnability';

/** What is seen of the backlog may be this old; this worker's own claims are counted in meanwhile. */
const SIGHT_MS = 1000;
/** A large backlog takes long to look at; that is to be a small part of the time. */
const REST_PER_LOOK = 10;
/** Requirements that a forecast tells of. */
const MOST_NEEDS = 500;

/**
 * What this worker knows of backlog and pool, and what it chooses for free slots by the policy of packages/core. One look
 * serves many claims: a choice that is out of date finds nothing, and the claim goes on to the next.
 */
export class Scheduler {
  private instances: PoolInstance[] = [];
  private backlog: Backlog = { requirements: [], lines: [], accounts: [], virtualTimeMs: 0 };
  private clock = new LaneClock([]);
  private readonly runnability: Runnability;
  private nextLookAt = 0;
  private restsUntil = 0;
  private isStale = true;

  constructor(private readonly database: Database) {
    this.runnability = new Runnability(database);
  }

  /** Looks at what waits and at the pool, for those instances that `isMine`, if that is due. */
  async look(isMine: (instanceId: string) => boolean): Promise<void> {
    const startedAt = performance.now();
    if (startedAt < (this.isStale ? this.restsUntil : this.nextLookAt)) return;
    this.isStale = false;
    await this.lookNow(isMine);
    const now = performance.now();
    this.restsUntil = now + (now - startedAt);
    this.nextLookAt = now + Math.max(SIGHT_MS, REST_PER_LOOK * (now - startedAt));
  }

  private async lookNow(isMine: (instanceId: string) => boolean): Promise<void> {
    const [instances, laneTimes, needs] = await Promise.all([
      readPoolInstances(this.database),
      listLaneTimes(this.database),
      readNeeds(this.database),
    ]);
    this.instances = instances;
    this.clock = new LaneClock(laneTimes);
    await this.judge(byUrgency(needs));
    const views = instances.filter(({ id }) => isMine(id)).map((instance) => this.view(instance));
    const seen = await readLines(this.database, focusOn(views, needs));
    await this.judge(seen.lines.map(({ requirement }) => requirement));
    this.backlog = shortlist({ ...seen, requirements: withLines(needs, seen.lines) });
  }

  private judge(requirements: string[]): Promise<void> {
    const catalogs = this.instances.map(({ catalogHash }) => catalogHash);
    return this.runnability.learn(catalogs, requirements);
  }

  /** What was seen is out of date: something began to wait, or was gone. */
  lookAgain(): void {
    this.isStale = true;
  }

  /** What an instance with `slots` free slots should take, best first. Nothing for one that takes no new work. */
  choose(instanceId: string, slots: number): ClaimChoice[] {
    const instance = this.find(instanceId);
    if (!instance || instance.isClosed) return [];
    const others = this.instances.filter((other) => other !== instance && other.isReady);
    const choices = choose({
      instance: this.view(instance),
      others: others.filter(({ isClosed }) => !isClosed).map((other) => this.view(other)),
      backlog: this.backlog,
      slots,
      times: (lane, id) => this.times(id, lane),
      settings: DEFAULT_SCHEDULING,
    });
    return choices.map((choice) => ({
      ...choice,
      estMs: this.estimate(instanceId, choice),
      warmElsewhere: this.instances.filter(
        (other) => other !== instance && other.warmLanes.includes(choice.lane),
      ).length,
    }));
  }

  /** When what waits will be begun, by the same policy, and who could do it. */
  forecast(): Omit<PoolForecast, 'bias'> {
    const open = this.instances.filter(({ isClosed }) => !isClosed);
    const ready = open.filter(({ isReady }) => isReady);
    const able = (requirement: string, instances: PoolInstance[]) =>
      instances.filter((of) => this.runnability.canRun(of.catalogHash, requirement)).length;
    return {
      lines: forecast({
        instances: ready.map((instance) => this.view(instance)),
        backlog: this.backlog,
        times: (lane, id) => this.times(id, lane),
        settings: DEFAULT_SCHEDULING,
      }),
      needs: this.backlog.requirements
        .filter(({ requirement }) => this.isJudged(requirement))
        .slice(0, MOST_NEEDS)
        .map(({ requirement }) => ({
          requirement,
          able: able(requirement, this.instances),
          open: able(requirement, open),
          ready: able(requirement, ready),
        })),
    };
  }

  /** How many wait in a line; counted up to a cap. */
  waiting(line: Pick<Line, 'requirement' | 'ownerId'>): number {
    return this.line(line)?.waiting ?? 0;
  }

  /** Counts in what was claimed for an instance. */
  noteClaims(instanceId: string, claimed: ClaimedAttempt[]): void {
    const instance = this.find(instanceId);
    for (const attempt of claimed) {
      const { ownerId, lane, estMs } = attempt;
      const line = this.line(attempt);
      if (line) takeOne(line);
      const account = this.backlog.accounts.find((other) => other.ownerId === ownerId);
      if (account) account.servedMs += estMs;
      if (!instance) continue;
      instance.busyMs += estMs;
      instance.warmLanes = nextWarmLanes(instance.warmLanes, instance.warmSize, lane);
    }
  }

  /** How long shots of `lane` take on the instance. */
  times(instanceId: string, lane: string): LaneTimes {
    return this.clock.times(instanceId, lane);
  }

  /** What it costs the instance to get ready for `lane`: nothing when it has the models. */
  loadMs(instanceId: string, lane: string): number {
    const isWarm = !hasAffinity(lane) || this.find(instanceId)?.warmLanes.includes(lane);
    return isWarm ? 0 : this.times(instanceId, lane).loadMs;
  }

  /** Whether the instance takes new work, and has what it needs. */
  canRun(instanceId: string, requirement: string): boolean {
    const instance = this.find(instanceId);
    if (!instance || instance.isClosed) return false;
    return this.runnability.canRun(instance.catalogHash, requirement);
  }

  /** How many prompts the instance should hold while it runs `lanes`. `refillMs`: from a free slot to the next prompt being there. */
  depth(instanceId: string, lanes: string[], refillMs: number): number {
    const runMs = Math.min(...lanes.map((lane) => this.times(instanceId, lane).runMs));
    return depthFor({ refillMs, runMs });
  }

  private line(wanted: Pick<Line, 'requirement' | 'ownerId'>): Line | undefined {
    return this.backlog.lines.find(
      ({ requirement, ownerId }) =>
        requirement === wanted.requirement && ownerId === wanted.ownerId,
    );
  }

  /** Of what is not judged yet nothing can be said. */
  private isJudged(requirement: string): boolean {
    return this.instances.every(({ catalogHash }) =>
      this.runnability.isJudged(catalogHash, requirement),
    );
  }

  private find(instanceId: string): PoolInstance | undefined {
    return this.instances.find(({ id }) => id === instanceId);
  }

  private view({ catalogHash, ...instance }: PoolInstance): InstanceView {
    return {
      ...instance,
      canRun: (requirement) => this.runnability.canRun(catalogHash, requirement),
    };
  }

  private estimate(instanceId: string, { lane, isCold }: Choice): number {
    const { runMs, loadMs } = this.times(instanceId, lane);
    return runMs + (isCold ? loadMs : 0);
  }
}

/** What waits longest and what most wait for, by turns. */
function byUrgency(needs: RequirementBacklog[]): string[] {
  const byAge = needs.toSorted((a, b) => b.oldestMs - a.oldestMs);
  const byCount = needs.toSorted((a, b) => b.waiting - a.waiting);
  return byAge.flatMap((need, n) => [need, byCount[n] ?? need]).map((need) => need.requirement);
}

/** Where not all could be read, what an owner waits for longest may be missing. */
function withLines(needs: RequirementBacklog[], lines: Line[]): RequirementBacklog[] {
  const known = new Set(needs.map(({ requirement }) => requirement));
  const missing = lines.filter(({ requirement }) => !known.has(requirement));
  return [...needs, ...new Map(missing.map((line) => [line.requirement, line])).values()];
}

/** A line that was counted to the cap has more: how many is seen at the next look. */
function takeOne(line: Line): void {
  if (line.waiting < MANY_WAITING) line.waiting -= 1;
}
