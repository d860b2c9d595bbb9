import type { Asked, Evidence, GenerationRow } from './evidence';
import { findExtraRuns, findStrangeRuns, type ExtraRun } from './runs';
import type { Violation, ViolationKind } from './verdict';

/** What came of a run. */
export interface Verdict {
  violations: readonly Violation[];
  /** Runs in vain that a fault explains or not. */
  extraRuns: readonly ExtraRun[];
}

/** Compares what the witnesses say. Pure: the same evidence gives the same verdict. */
export function audit(evidence: Evidence): Verdict {
  const extraRuns = findExtraRuns(evidence);
  return {
    extraRuns,
    violations: [
      ...findLost(evidence),
      ...findDuplicated(evidence),
      ...findWrongEnds(evidence),
      ...findStrays(evidence),
      ...findStrangeRuns(evidence),
      ...extraRuns.filter(({ cause }) => cause === null).map(toViolation),
      ...findOrphans(evidence),
      ...findUntold(evidence),
    ],
  };
}

/** How many violations of a kind there are. */
export function count({ violations }: Verdict, kind: ViolationKind): number {
  return violations.filter((violation) => violation.kind === kind).length;
}

function toViolation({ execution, attempt, generationId }: ExtraRun): Violation {
  const text = `${execution.instance} drew attempt ${attempt.id} in vain (${attempt.end_reason ?? attempt.state}), and no fault explains it`;
  return { kind: 'ran_in_vain', generationId, text };
}

const ENDS = new Set(['completed', 'failed', 'cancelled']);

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}

/** What was answered and is not there, or has not ended, or has not all its pictures. */
function findLost({ asked, generations, outputs }: Evidence): Violation[] {
  const rows = new Map(generations.map((row) => [row.id, row]));
  const published = groupBy(outputs, ({ generation_id: id }) => id);
  const missing = asked.flatMap(({ id }): Violation[] =>
    id === null || rows.has(id)
      ? []
      : [{ kind: 'lost', generationId: id, text: `${id} was answered, and is not in Postgres` }],
  );
  const unfinished = generations.flatMap(({ id, status, shots_total }): Violation[] => {
    if (!ENDS.has(status))
      return [{ kind: 'lost', generationId: id, text: `${id} is still ${status}` }];
    const pictures = new Set(published.get(id)?.map(({ shot_id }) => shot_id)).size;
    if (status !== 'completed' || pictures === shots_total) return [];
    const text = `${id} is completed with the pictures of ${pictures} of ${shots_total} shots`;
    return [{ kind: 'lost', generationId: id, text }];
  });
  return [...missing, ...unfinished];
}

/** Two generations for one request, or one with more pictures than were asked for. */
function findDuplicated({ asked, generations, outputs, attempts, shots }: Evidence): Violation[] {
  const withKey = generations.filter(({ key }) => key !== null);
  const twice = [...groupBy(withKey, ({ owner_id, key }) => `${owner_id} ${key ?? ''}`).values()]
    .filter((rows) => rows.length > 1)
    .map((rows): Violation => {
      const ids = rows.map(({ id }) => id).join(' and ');
      return {
        kind: 'duplicated',
        generationId: rows[0]?.id ?? null,
        text: `one request made ${ids}`,
      };
    });
  const wanted = new Map(asked.map(({ id, shots: count }) => [id, count]));
  const published = groupBy(outputs, ({ generation_id: id }) => id);
  const tooMany = [...published].flatMap(([id, pictures]): Violation[] => {
    const count = wanted.get(id);
    if (count === undefined || pictures.length <= count) return [];
    const text = `${id} has ${pictures.length} pictures, and ${count} were asked for`;
    return [{ kind: 'duplicated', generationId: id, text }];
  });
  const generationOf = new Map(shots.map(({ id, generation_id }) => [id, generation_id]));
  const stored = attempts.filter(({ state }) => state === 'stored');
  const storedTwice = [...groupBy(stored, ({ shot_id }) => shot_id)]
    .filter(([, those]) => those.length > 1)
    .map(([shot]): Violation => {
      const text = `two attempts of shot ${shot} were stored`;
      return { kind: 'duplicated', generationId: generationOf.get(shot) ?? null, text };
    });
  return [...twice, ...tooMany, ...storedTwice];
}

/** Ends that the shots, the attempts or the wishes of the user contradict. */
function findWrongEnds(evidence: Evidence): Violation[] {
  const shots = groupBy(evidence.shots, ({ generation_id: id }) => id);
  const asked = new Map(evidence.asked.map((one) => [one.id, one]));
  const open = new Set(
    evidence.attempts
      .filter(({ state }) => state !== 'stored' && state !== 'ended')
      .map(({ shot_id }) => shot_id),
  );
  return evidence.generations.flatMap((row): Violation[] => {
    const own = shots.get(row.id) ?? [];
    const flaw =
      flawOfEnd(row, asked.get(row.id)) ??
      flawOfShots(
        row,
        own.map(({ status }) => status),
      ) ??
      (own.some(({ id }) => open.has(id)) ? 'has an attempt that is not over' : null);
    if (flaw === null) return [];
    return [
      {
        kind: 'wrong_terminal',
        generationId: row.id,
        text: `${row.id} is ${row.status} and ${flaw}`,
      },
    ];
  });
}

function flawOfEnd({ status, error_code }: GenerationRow, asked: Asked | undefined): string | null {
  if (status === 'failed') return `says ${error_code ?? 'no reason'}: no fault excuses that`;
  if (status === 'cancelled' && asked?.cancelled !== 'accepted')
    return 'nobody was told that it would be';
  if (status === 'completed' && asked?.cancelled === 'accepted')
    return 'its cancellation was accepted';
  return null;
}

function flawOfShots(
  { status, shots_total, shots_done }: GenerationRow,
  own: readonly string[],
): string | null {
  if (own.length !== shots_total) return `has ${own.length} of ${shots_total} shots`;
  if (status !== 'completed')
    return own.some((one) => one === 'queued' || one === 'active')
      ? 'has shots that are not over'
      : null;
  if (shots_done !== shots_total) return `says that ${shots_done} of ${shots_total} are done`;
  return own.every((one) => one === 'done') ? null : `its shots are ${own.join(', ')}`;
}

/** Pictures of attempts that were not drawn by any instance, or were fenced out. */
function findStrays({ outputs, attempts, executions }: Evidence): Violation[] {
  const drawn = new Set(
    executions.filter(({ outcome }) => outcome === 'success').map(({ prompt_id }) => prompt_id),
  );
  const stored = new Map(
    attempts.filter(({ state }) => state === 'stored').map(({ id, shot_id }) => [shot_id, id]),
  );
  return outputs.flatMap(({ shot_id, generation_id: generationId }): Violation[] => {
    const attempt = stored.get(shot_id);
    if (attempt === undefined)
      return [
        {
          kind: 'stray_published',
          generationId,
          text: `shot ${shot_id} has a picture, and no attempt that was stored`,
        },
      ];
    if (drawn.has(attempt)) return [];
    return [
      {
        kind: 'stray_published',
        generationId,
        text: `the picture of shot ${shot_id} was drawn by no instance`,
      },
    ];
  });
}

/** Objects that nobody knows, and files without their object. */
function findOrphans({ objects, knownKeys, fileKeys, outputs }: Evidence): Violation[] {
  const orphans = [...objects.keys()]
    .filter((key) => !knownKeys.has(key))
    .map((key): Violation => ({
      kind: 'orphan_blob',
      generationId: null,
      text: `nobody knows object ${key}`,
    }));
  const dangling = [...fileKeys]
    .filter(([, key]) => !objects.has(key))
    .map(([id, key]): Violation => ({
      kind: 'dangling_file',
      generationId: null,
      text: `file ${id} names object ${key}, which is not there`,
    }));
  const wrong = outputs.flatMap(
    ({ object_key: key, size, file_id, generation_id }): Violation[] => {
      const stored = key === null ? undefined : objects.get(key);
      if (stored === undefined || size === null || stored === size) return [];
      const text = `the object of file ${file_id} has ${stored} bytes, not ${size}`;
      return [{ kind: 'dangling_file', generationId: generation_id, text }];
    },
  );
  return [...orphans, ...dangling, ...wrong];
}

/** Ends that the receiver was never told of, and what it was told that is not so. */
function findUntold({ asked, generations, received }: Evidence): Violation[] {
  const told = new Set(received.map(({ generationId, event }) => `${generationId ?? ''} ${event}`));
  const told_by = new Map(asked.map(({ id, isTold }) => [id, isTold]));
  const missing = generations.flatMap(({ id, status }): Violation[] => {
    const event = `generation.${status}`;
    if (!ENDS.has(status) || told_by.get(id) === false || told.has(`${id} ${event}`)) return [];
    return [
      {
        kind: 'webhook_missing',
        generationId: id,
        text: `the receiver was not told ${event} of ${id}`,
      },
    ];
  });
  const forged = received
    .filter(({ isVerified }) => !isVerified)
    .map(({ webhookId, generationId }): Violation => ({
      kind: 'webhook_forged',
      generationId,
      text: `the signature of webhook ${webhookId} is wrong`,
    }));
  const changed = [...groupBy(received, ({ webhookId }) => webhookId)]
    .filter(([, those]) => new Set(those.map(({ bodyHash }) => bodyHash)).size > 1)
    .map(([id, those]): Violation => ({
      kind: 'webhook_forged',
      generationId: those[0]?.generationId ?? null,
      text: `webhook ${id} came with two bodies`,
    }));
  return [...missing, ...forged, ...changed];
}
