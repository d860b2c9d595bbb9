import { z } from 'zod';
import { faultKinds, isFaultKindName, type FaultKindName } from './catalog';
import type { FaultKind } from './faultKind';
import { points, type MatchKey, type Point } from './points';

/** What every fault takes beside the parameters of its kind. */
interface Circumstances {
  /** Only scenes that have all of these, and of those only the `nth` (1 is the first). */
  readonly match?: { readonly [key in MatchKey]?: string } & { readonly nth?: number };
  /** How often it bites; left out: until it is removed. */
  readonly times?: number;
  /** It sleeps for so long after it was switched on. */
  readonly after_ms?: number;
  /** Bites only so often, from 0 to 1; drawn from `seed`, so the same in every run. */
  readonly probability?: number;
  readonly seed?: number;
}

type ParametersOf<Name extends FaultKindName> =
  (typeof faultKinds)[Name] extends FaultKind<infer Shape>
    ? keyof Shape extends never
      ? unknown
      : z.input<z.ZodObject<Shape>>
    : never;

/** A fault to switch on: its kind, the kind's parameters, and when it bites. */
export type FaultRequest = {
  [Name in FaultKindName]: { readonly kind: Name } & ParametersOf<Name> & Circumstances;
}[FaultKindName];

/** A request that was checked, with the defaults filled in. */
export interface ParsedFault {
  readonly given: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly kind: FaultKind;
  readonly parameters: never;
  readonly at: Point | undefined;
  readonly match: NonNullable<Circumstances['match']>;
  readonly times: number;
  readonly after_ms: number;
  readonly probability: number;
  readonly seed: number;
}

/** What was asked for is no fault; the message names every field that is wrong. */
export class InvalidFault extends Error {
  override readonly name = 'InvalidFault';
}

const Named = z.object({ kind: z.string() });

/** Checks a request for a fault. Throws InvalidFault. */
export function parseFault(request: unknown): ParsedFault {
  const { kind: name } = check(Named, request);
  if (!isFaultKindName(name)) throw new InvalidFault(`kind: there is no fault "${name}"`);
  const kind: FaultKind = faultKinds[name];
  const { match, times, after_ms, probability, seed, ...parameters } = check(
    schemaOf(kind, request as { at?: unknown }),
    request,
  );
  const at = (parameters as { at?: Point }).at;
  return {
    given: request as ParsedFault['given'],
    kind,
    parameters: parameters as never,
    at,
    match: match as ParsedFault['match'],
    times: times ?? (at === 'now' ? 1 : Infinity),
    after_ms,
    probability,
    seed,
  };
}

/** Checks a list of requests. Throws InvalidFault. */
export function parseFaults(requests: unknown): FaultRequest[] {
  return check(z.array(z.unknown()), requests).map((request) => {
    parseFault(request);
    return request as FaultRequest;
  });
}

/** What `match` may name: what is known where the fault can bite. */
function matchKeysOf({ acts, alters, parameters }: FaultKind, at: unknown): MatchKey[] {
  const ownPoints = Object.keys({ ...acts, ...alters }) as Point[];
  const bitten = 'at' in parameters ? ownPoints.filter((point) => point === at) : ownPoints;
  return bitten.flatMap((point): readonly MatchKey[] => points[point]);
}

function schemaOf(kind: FaultKind, { at }: { at?: unknown }) {
  const text = z.string().min(1).optional();
  const keys = Object.fromEntries(matchKeysOf(kind, at).map((key) => [key, text]));
  return z.strictObject({
    kind: z.string(),
    ...kind.parameters,
    match: z.strictObject({ ...keys, nth: z.int().min(1).optional() }).default({}),
    times: z.int().min(1).optional(),
    after_ms: z.int().min(0).max(86_400_000).default(0),
    probability: z.number().min(0).max(1).default(1),
    seed: z.int().default(1),
  });
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'fault'}: ${message}`,
  );
  throw new InvalidFault(problems.join('; '));
}
