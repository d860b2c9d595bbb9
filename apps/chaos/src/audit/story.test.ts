import { givenEvidence } from '../fixtures/evidence';
import { storyOf } from './story';

test('the life of one generation, with the faults that were near', () => {
  const evidence = givenEvidence();
  evidence.faults.push(
    { kind: 'worker_killed', target: 'worker 1', from: 12_000, to: 13_000 },
    { kind: 'redis_flushed', target: 'redis', from: 90_000, to: null },
  );
  expect(storyOf(evidence, 'g1', 0).split('\n')).toEqual([
    '    10.00 attempt a1 of shot s1 is sent',
    '    10.00 instance 1 begins to draw a1',
    '    12.00 ** worker_killed: worker 1 until 13.00',
    '    15.00 attempt a1 is stored',
    '    15.00 instance 1 ends a1: success',
    '    15.00 generation.completed by webhook w1',
  ]);
});

test('one that was never drawn has a story, too', () => {
  const evidence = { ...givenEvidence(1), executions: [], attempts: [] };
  expect(storyOf(evidence, 'g0', 0)).toBe('     5.00 generation.completed by webhook w0');
});
