import { ComfyUnavailableError, OutputTooLargeError } from '@avatarforge/comfy';
import { DependencyError } from '@avatarforge/core';
import { UnreadableOutputError } from '@avatarforge/services';
import { StorageUnavailableError } from '@avatarforge/storage';
import { judgeFailure } from './judgeFailure';
import { OutputMissingError } from './toFetchedOutputs';

const away = { retryable: true, reached: false, cause: null };

test.each([new OutputMissingError('x'), new UnreadableOutputError('x', null)])(
  '%s is lost the second time, however often other things failed before',
  (error) => {
    expect(judgeFailure(error, { tries: 20, misses: 0 })).toEqual({ end: null, isMiss: true });
    expect(judgeFailure(error, { tries: 2, misses: 1 })).toMatchObject({ end: 'outputs_lost' });
  },
);

test('what is too large will never fit', () => {
  const judged = judgeFailure(new OutputTooLargeError(1), { tries: 1, misses: 0 });
  expect(judged.end).toBe('outputs_unusable');
});

test.each([
  new DependencyError('database', true, { cause: null }),
  new StorageUnavailableError('x', away),
])('%s is waited for without end', (error) => {
  expect(judgeFailure(error, { tries: 1000, misses: 0 }).end).toBeNull();
});

test('an instance that stays away, and an error of our own, end it after a while', () => {
  const gone = new ComfyUnavailableError('x', away);
  expect(judgeFailure(gone, { tries: 7, misses: 0 }).end).toBeNull();
  expect(judgeFailure(gone, { tries: 8, misses: 0 }).end).toBe('outputs_lost');
  expect(judgeFailure(new TypeError('x'), { tries: 8, misses: 0 }).end).toBe('outputs_unusable');
});
