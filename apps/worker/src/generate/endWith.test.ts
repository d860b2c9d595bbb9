import { END_REASONS } from '@avatarforge/core';
import { FAILURE_REASONS } from './endWith';

test('pitfall 21: a run that was out of memory, or on a broken GPU or a full disk, is tried again', () => {
  expect(END_REASONS[FAILURE_REASONS.out_of_memory].then).toBe('retry');
  expect(END_REASONS[FAILURE_REASONS.device_error].then).toBe('retry');
  expect(END_REASONS[FAILURE_REASONS.disk_full].then).toBe('retry');
});

test('pitfall 20: what an instance lacks is looked for elsewhere', () => {
  expect(END_REASONS[FAILURE_REASONS.missing_model].then).toBe('elsewhere');
  expect(END_REASONS[FAILURE_REASONS.missing_node].then).toBe('elsewhere');
});

test('what no instance will take fails at once', () => {
  for (const kind of ['validation', 'invalid', 'node_error'] as const) {
    expect(END_REASONS[FAILURE_REASONS[kind]].then).toBe('fail');
  }
});
