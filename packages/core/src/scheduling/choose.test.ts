import { choose } from './choose';
import { DEFAULT_SCHEDULING } from './settings';
import type { Situation } from './situation';
import type { Account, InstanceView, Line, RequirementBacklog } from './types';

const MINUTE = 60_000;

function instance(id: string, warmLanes: string[], more: Partial<InstanceView> = {}): InstanceView {
  return { id, warmLanes, warmSize: 1, busyMs: 0, canRun: () => true, ...more };
}

function line(lane: string, ownerId: string, more: Partial<Line> = {}): Line {
  return { requirement: lane, lane, ownerId, waiting: 10, priority: 0, oldestMs: 1000, ...more };
}

function account(ownerId: string, servedMs: number, weight = 1): Account {
  return { ownerId, servedMs, weight };
}

function situation(
  lines: Line[],
  more: Partial<Situation> & { accounts?: Account[] } = {},
): Situation {
  const requirements = lines.map(
    ({ requirement, lane, waiting, oldestMs }): RequirementBacklog => ({
      requirement,
      lane,
      waiting,
      oldestMs,
    }),
  );
  const accounts = more.accounts ?? [];
  return {
    instance: instance('me', ['warm']),
    slots: 1,
    others: [],
    backlog: { requirements, lines, accounts, virtualTimeMs: 0 },
    times: () => ({ runMs: 5000, loadMs: 10_000 }),
    settings: DEFAULT_SCHEDULING,
    ...more,
  };
}

const firstOf = (asked: Situation): string | undefined => {
  const [choice] = choose(asked);
  return choice && `${choice.lane} of ${choice.ownerId}: ${choice.placement}`;
};

test('warm work goes before cold work', () => {
  expect(firstOf(situation([line('cold', 'a'), line('warm', 'a')]))).toBe('warm of a: warm');
});

test('what the instance cannot run is never chosen', () => {
  const me = instance('me', ['warm'], { canRun: (requirement) => requirement !== 'warm' });
  const choices = choose(situation([line('cold', 'a'), line('warm', 'a')], { instance: me }));
  expect(choices.some(({ lane }) => lane === 'warm')).toBe(false);
});

test('graphs without models, and with unknown ones, run anywhere and make nothing cold', () => {
  for (const lane of ['none', 'dynamic']) {
    const [choice, ...rest] = choose(situation([line(lane, 'a'), line('warm', 'b')], { slots: 2 }));
    expect(choice).toMatchObject({ lane, placement: 'anywhere', isCold: false });
    expect(rest[0]).toMatchObject({ lane: 'warm', isCold: false });
  }
});

test('among warm lines the least served owner goes first, by weight', () => {
  const lines = [line('warm', 'a'), line('warm', 'b')];
  expect(firstOf(situation(lines, { accounts: [account('a', 9), account('b', 5)] }))).toMatch('b');
  expect(firstOf(situation(lines, { accounts: [account('a', 9, 2), account('b', 5)] }))).toMatch(
    'a',
  );
});

test('priority orders the shots of one owner, and no others', () => {
  const urgent = line('none', 'a', { priority: 9 });
  expect(firstOf(situation([line('warm', 'a', { oldestMs: 5000 }), urgent]))).toMatch('none of a');
  const served = { accounts: [account('a', 9), account('b', 5)] };
  expect(firstOf(situation([line('warm', 'b'), urgent], served))).toMatch('warm of b');
});

test('an owner who idled starts from the virtual time and not from what it has saved up', () => {
  const asked = situation([line('warm', 'idled', { oldestMs: 1 }), line('warm', 'busy')], {
    accounts: [account('idled', 0), account('busy', 7000)],
  });
  asked.backlog.virtualTimeMs = 7000;
  expect(firstOf(asked)).toMatch('busy');
});

test('several slots go to the owners by turns, and what is left follows in fair order', () => {
  const lines = [line('warm', 'a'), line('warm', 'b'), line('warm', 'c', { waiting: 1 })];
  const choices = choose(situation(lines, { slots: 4 }));
  expect(
    choices
      .slice(0, 4)
      .map(({ ownerId }) => ownerId)
      .sort(),
  ).toEqual(['a', 'a', 'b', 'c'].sort());
  expect(choices.slice(0, 4).map(({ limit }) => limit)).toEqual([1, 1, 1, 1]);
  expect(choices.slice(4).every(({ limit }) => limit > 1)).toBe(true);
});

test('a second slot stays with the lane that the first one loads', () => {
  const choices = choose(
    situation([line('x', 'a'), line('y', 'a', { waiting: 11 })], { slots: 2 }),
  );
  expect(choices.slice(0, 2)).toMatchObject([
    { lane: 'y', isCold: true, placement: 'switch', limit: 1 },
    { lane: 'y', isCold: false, placement: 'warm', limit: 1 },
  ]);
});

test('a free switch goes to the lane with most work that no other instance has warm', () => {
  const lines = [
    line('small', 'a', { waiting: 3 }),
    line('held', 'a', { waiting: 30 }),
    line('big', 'a', { waiting: 20 }),
  ];
  const others = [instance('other', ['held'])];
  expect(firstOf(situation(lines, { others }))).toBe('big of a: switch');
});

test('a long wait speaks for a lane', () => {
  const lines = [
    line('old', 'a', { waiting: 1, oldestMs: MINUTE }),
    line('young', 'a', { waiting: 3 }),
  ];
  expect(firstOf(situation(lines))).toMatch('old');
});

test('the last shots of a lane are left to an instance that gets to them sooner than the models load', () => {
  const last = [line('held', 'a', { waiting: 2 })];
  const soon = instance('other', ['held'], { busyMs: 4000 });
  const late = instance('other', ['held'], { busyMs: 6000 });
  expect(choose(situation(last, { others: [soon] }))).toEqual([]);
  expect(firstOf(situation(last, { others: [late] }))).toBe('held of a: switch');
});

test('a shot whose patience is out goes before warm work, unless that has waited about as long', () => {
  const cold = line('cold', 'a', { oldestMs: 5 * MINUTE });
  expect(firstOf(situation([cold, line('warm', 'a')]))).toBe('cold of a: patience');
  const alike = line('warm', 'a', { oldestMs: 4.9 * MINUTE });
  expect(firstOf(situation([cold, alike]))).toBe('warm of a: warm');
});

test('the old shots of an owner who had far more neither hurry nor delay the others', () => {
  const served = { accounts: [account('flood', MINUTE), account('light', 0)] };
  const old = { oldestMs: 60 * MINUTE };
  const hurrying = [line('cold', 'flood', old), line('warm', 'light')];
  expect(firstOf(situation(hurrying, served))).toBe('warm of light: warm');
  const delaying = [
    line('cold', 'light', { oldestMs: 5 * MINUTE }),
    line('warm', 'flood', old),
    line('warm', 'light'),
  ];
  expect(firstOf(situation(delaying, served))).toBe('cold of light: patience');
});

test('an owner too far behind gets its cold lane; each instance that has it already raises the bar', () => {
  const lines = [line('cold', 'light', { waiting: 90 }), line('warm', 'flood')];
  const accounts = [account('flood', 21_000), account('light', 0)];
  expect(firstOf(situation(lines, { accounts }))).toBe('cold of light: fairness');
  const others = [instance('other', ['cold'])];
  expect(firstOf(situation(lines, { accounts, others }))).toBe('warm of flood: warm');
});

test('there are at most 32 choices, and none for nothing', () => {
  const many = Array.from({ length: 100 }, (_, index) => line('warm', `owner-${index}`));
  expect(choose(situation(many)).length).toBe(32);
  expect(choose(situation([]))).toEqual([]);
  expect(choose(situation([line('warm', 'a', { waiting: 0 })]))).toEqual([]);
});
