import { Chance } from '../drawing/random';
import type { Bite } from './faultKind';
import type { ParsedFault } from './faultRequest';
import { matchKeys, type Facts, type Point, type Scene, type Values } from './points';

/** A fault as `GET /sim/faults` lists it. */
export interface FaultReport {
  readonly id: string;
  readonly kind: string;
  /** How often it has bitten. */
  readonly bites: number;
  readonly [parameter: string]: unknown;
}

/** A fault that is switched on. */
export class ActiveFault {
  private readonly armedAt: number;
  private readonly removed = new AbortController();
  private readonly chance: Chance;
  private bitten = 0;
  private matched = 0;

  constructor(
    readonly id: string,
    private readonly fault: ParsedFault,
  ) {
    this.armedAt = performance.now() + fault.after_ms;
    this.chance = new Chance(String(fault.seed));
  }

  get removal(): AbortSignal {
    return this.removed.signal;
  }

  report(): FaultReport {
    return { id: this.id, ...this.fault.given, bites: this.bitten };
  }

  remove(): void {
    this.removed.abort();
  }

  /** Calls back when `after_ms` is over, unless it is removed before. */
  whenArmed(callback: () => void): void {
    const timer = setTimeout(callback, this.fault.after_ms).unref();
    this.removal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
  }

  /** Whether it acts on this scene; counts when it does. */
  bites(point: Point, scene: Facts): boolean {
    return this.fault.kind.acts?.[point] !== undefined && this.isDue(point, scene);
  }

  /** Whether it alters what passes here; counts when it does. */
  alters(point: keyof Values, scene: Facts): boolean {
    return this.fault.kind.alters?.[point] !== undefined && this.isDue(point, scene);
  }

  async act<P extends Point>(point: P, scene: Scene<P>, bite: Bite): Promise<void> {
    await this.fault.kind.acts?.[point]?.(this.fault.parameters, scene, bite);
  }

  alter<P extends keyof Values>(point: P, scene: Scene<P>, value: Values[P]): Values[P] {
    const alter = this.fault.kind.alters?.[point];
    return alter ? alter(this.fault.parameters, value, scene) : value;
  }

  private isDue(point: Point, scene: Facts): boolean {
    const { at, times, match, probability, parameters, kind } = this.fault;
    if (this.removal.aborted || this.bitten >= times) return false;
    // A timer and the clock may disagree by a millisecond.
    if (performance.now() < this.armedAt - 1) return false;
    if (at !== undefined && at !== point) return false;
    if (kind.concerns?.(parameters, scene) === false || !matches(match, scene)) return false;
    this.matched += 1;
    if (match.nth !== undefined && match.nth !== this.matched) return false;
    if (!this.chance.isTrue(String(this.matched), probability)) return false;
    this.bitten += 1;
    return true;
  }
}

function matches(wanted: ParsedFault['match'], scene: Facts): boolean {
  return matchKeys.every((key) => {
    const [value, actual] = [wanted[key], scene[key]];
    if (value === undefined) return true;
    const isStart = key === 'path' && value.endsWith('*');
    return isStart ? actual?.startsWith(value.slice(0, -1)) : actual === value;
  });
}
