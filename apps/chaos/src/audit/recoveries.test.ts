import type { FaultRecord, LeaseSpan } from './evidence';
import { findRecoveries } from './recoveries';

const killed: FaultRecord = {
  kind: 'worker_killed',
  target: 'worker 1 (w1)',
  from: 10_000,
  to: 12_000,
};
const held: LeaseSpan = { instance: 'i1', worker_id: 'w1', epoch: '1', from: 0, to: 14_900 };
const taken: LeaseSpan = { instance: 'i1', worker_id: 'w2', epoch: '2', from: 15_200, to: 30_000 };

const times = (faults: FaultRecord[], spans: LeaseSpan[]) =>
  findRecoveries(faults, spans).map(({ ms }) => ms);

test('from the death of a worker until another drives its instance', () => {
  expect(times([killed], [held, taken])).toEqual([5200]);
  expect(times([{ ...killed, kind: 'deliverer_killed' }], [held, taken])).toEqual([5200]);
});

test('each instance that it drove counts, and no other', () => {
  const other = [held, taken].map((span) => ({ ...span, instance: 'i2' }));
  const foreign = { ...held, instance: 'i3', worker_id: 'w3', to: 30_000 };
  expect(times([killed], [held, taken, ...other, foreign])).toEqual([5200, 5200]);
});

test('what it had let go of before does not count', () => {
  expect(
    times(
      [killed],
      [
        { ...held, to: 4000 },
        { ...taken, from: 11_000 },
      ],
    ),
  ).toEqual([]);
  expect(
    times(
      [killed],
      [
        { ...held, to: 4000 },
        { ...taken, from: 4500 },
      ],
    ),
  ).toEqual([]);
});

test('where Postgres was away, from its return', () => {
  const outage = { kind: 'postgres_killed', target: 'postgres', from: 9000, to: 13_000 };
  expect(times([killed, outage], [held, taken])).toEqual([2200]);
  expect(times([killed, { ...outage, from: 20_000, to: 25_000 }], [held, taken])).toEqual([5200]);
});

test('other faults are no deaths, and what nobody drove again has no time', () => {
  expect(times([{ ...killed, kind: 'worker_paused' }], [held, taken])).toEqual([]);
  expect(times([killed], [held])).toEqual([]);
});
