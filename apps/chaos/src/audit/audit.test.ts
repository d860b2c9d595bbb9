import { givenEvidence, type Spoilable } from '../fixtures/evidence';
import { audit, count } from './audit';
import type { ViolationKind } from './verdict';

/** The first of those. */
function first<T>(all: readonly T[]): T {
  const [one] = all;
  if (one === undefined) throw new Error('there is none');
  return one;
}

/** A first try of the first shot, on another instance, that came to nothing. */
function addLostRun(evidence: Spoilable): void {
  const shot_id = first(evidence.shots).id;
  evidence.attempts.push({
    ...{ id: 'x', shot_id, instance_id: 'i2', state: 'ended', end_reason: 'instance_lost' },
    ...{ dispatched_at: -9000, started_at: -9000, ended_at: -2000 },
  });
  evidence.executions.push({
    ...{ instance: 'instance 2', prompt_id: 'x', started_at: -9000, ended_at: -5000 },
    outcome: 'lost',
  });
}

test('where all agree there is nothing to say', () => {
  expect(audit(givenEvidence(20))).toEqual({ violations: [], extraRuns: [] });
  expect(audit(givenEvidence(0)).violations).toEqual([]);
});

const SPOILS: [ViolationKind, string, (evidence: Spoilable) => unknown][] = [
  ['lost', 'one that was answered is not there', (e) => e.generations.shift()],
  ['lost', 'one does not end', (e) => (first(e.generations).status = 'processing')],
  ['lost', 'one is completed without its picture', (e) => e.outputs.shift()],
  [
    'duplicated',
    'one request made two',
    (e) => e.generations.push({ ...first(e.generations), id: 'again', status: 'failed' }),
  ],
  [
    'duplicated',
    'a picture was published twice',
    (e) => e.outputs.push({ ...first(e.outputs), ordinal: 1 }),
  ],
  [
    'duplicated',
    'two attempts of one shot were stored',
    (e) => e.attempts.push({ ...first(e.attempts), id: 'b' }),
  ],
  ['ran_twice', 'a prompt was drawn twice', (e) => e.executions.push(first(e.executions))],
  [
    'ran_in_vain',
    'nobody knows of a prompt that was drawn',
    (e) => e.executions.push({ ...first(e.executions), prompt_id: 'whose' }),
  ],
  ['ran_in_vain', 'nothing explains a run in vain', addLostRun],
  [
    'ran_in_vain',
    'a dead worker must not explain a run in vain',
    (e) => {
      addLostRun(e);
      e.faults.push({ kind: 'worker_killed', target: 'worker 1 (w)', from: -6000, to: -3000 });
    },
  ],
  [
    'ran_in_vain',
    'what befell another instance does not explain it',
    (e) => {
      addLostRun(e);
      e.faults.push({ kind: 'instance_killed', target: 'instance 3', from: -6000, to: -3000 });
    },
  ],
  [
    'ran_in_vain',
    'what happened later does not explain it',
    (e) => {
      addLostRun(e);
      e.faults.push({ kind: 'instance_killed', target: 'instance 2', from: -1000, to: 3000 });
    },
  ],
  [
    'wrong_terminal',
    'one failed',
    (e) => {
      Object.assign(first(e.generations), { status: 'failed', error_code: 'node_error' });
      first(e.received).event = 'generation.failed';
    },
  ],
  [
    'wrong_terminal',
    'one was cancelled by nobody',
    (e) => {
      first(e.generations).status = 'cancelled';
      first(e.received).event = 'generation.cancelled';
    },
  ],
  [
    'wrong_terminal',
    'one is completed whose cancellation was accepted',
    (e) => (first(e.asked).cancelled = 'accepted'),
  ],
  ['wrong_terminal', 'a shot is not done', (e) => (first(e.shots).status = 'failed')],
  ['wrong_terminal', 'a shot is missing', (e) => e.shots.shift()],
  ['wrong_terminal', 'too few are counted', (e) => (first(e.generations).shots_done = 0)],
  [
    'wrong_terminal',
    'an attempt is not over',
    (e) => e.attempts.push({ ...first(e.attempts), id: 'b', state: 'dispatched' }),
  ],
  ['stray_published', 'no instance drew it', (e) => e.executions.shift()],
  [
    'stray_published',
    'its attempt was not the one that counts',
    (e) => (first(e.attempts).state = 'executed'),
  ],
  ['orphan_blob', 'nobody knows an object', (e) => e.objects.set('whose', 1)],
  ['dangling_file', 'an object is gone', (e) => e.objects.delete('o1')],
  ['dangling_file', 'an object is cut short', (e) => e.objects.set('o1', 99)],
  ['webhook_missing', 'the receiver was not told', (e) => e.received.shift()],
  [
    'webhook_missing',
    'the receiver was told something else',
    (e) => (first(e.received).event = 'generation.failed'),
  ],
  ['webhook_forged', 'a signature is wrong', (e) => (first(e.received).isVerified = false)],
  [
    'webhook_forged',
    'one webhook came with two bodies',
    (e) => e.received.push({ ...first(e.received), bodyHash: 'other' }),
  ],
];

test.each(SPOILS)('%s: %s', (kind, _what, spoil) => {
  const evidence = givenEvidence();
  spoil(evidence);
  const verdict = audit(evidence);
  expect(count(verdict, kind)).toBeGreaterThan(0);
  for (const { text } of verdict.violations) expect(text).toMatch(/\w{3}/);
});

test.each(['instance_killed', 'instance_hung', 'zombie', 'out_of_memory', 'disk_full'])(
  'a run in vain is explained by %s of its instance',
  (kind) => {
    const evidence = givenEvidence();
    addLostRun(evidence);
    const fault = { kind, target: 'instance 2', from: -6000, to: -3000 };
    evidence.faults.push(fault);
    const { violations, extraRuns } = audit(evidence);
    expect(violations).toEqual([]);
    expect(extraRuns).toMatchObject([{ cause: 'fault', fault, generationId: 'g0' }]);
  },
);

test('of several faults, it is the one that came while it ran', () => {
  const evidence = givenEvidence();
  addLostRun(evidence);
  const about = { kind: 'instance_killed', target: 'instance 2' };
  const fault = { ...about, from: -6000, to: -4000 };
  evidence.faults.push({ ...about, from: -12_000, to: -8900 }, fault, {
    ...about,
    from: -3000,
    to: 0,
  });
  expect(audit(evidence).extraRuns).toMatchObject([{ fault }]);
});

test('a run in vain may be the one stray of a worker that slept, or of what was cancelled', () => {
  const evidence = givenEvidence();
  addLostRun(evidence);
  evidence.faults.push({ kind: 'worker_paused', target: 'worker 1 (w)', from: -9000, to: -3000 });
  expect(audit(evidence)).toMatchObject({
    violations: [],
    extraRuns: [{ cause: 'paused_worker' }],
  });
  Object.assign(first(evidence.generations), { status: 'cancelled' });
  first(evidence.asked).cancelled = 'accepted';
  Object.assign(first(evidence.received), { event: 'generation.cancelled' });
  const { violations, extraRuns } = audit(evidence);
  expect(violations).toEqual([]);
  expect(extraRuns).toContainEqual(expect.objectContaining({ cause: 'cancelled' }));
});

test('what was never answered may be there or not, and an accepted cancel may have come first', () => {
  const evidence = givenEvidence();
  first(evidence.asked).id = null;
  evidence.asked.push({ ...first(evidence.asked), key: 'unheard' });
  expect(audit(evidence).violations).toEqual([]);
});
