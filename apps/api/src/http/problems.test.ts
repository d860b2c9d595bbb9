import { AppError, DependencyError, RetryLaterError } from '@avatarforge/core';
import { StorageUnavailableError } from '@avatarforge/storage';
import { toTold } from './problems';

const httpError = (status: number, type?: string) =>
  Object.assign(new Error('secret words'), { status, ...(type && { type }) });

test('a rule that says no is told as it is', () => {
  const errors = [{ pointer: '/pose_file_id', message: 'gone' }];
  const told = toTold(new AppError('unknown_file', 'Upload it first.', errors));
  expect(told).toEqual({ code: 'unknown_file', detail: 'Upload it first.', errors });
});

test('a rule that says not now is told with the time to wait', () => {
  const told = toTold(new RetryLaterError('queue_full', 'Enough for now.', 12));
  expect(told).toEqual({ code: 'queue_full', detail: 'Enough for now.', retryAfterS: 12 });
});

test.each([
  [httpError(400, 'entity.parse.failed'), 'invalid_json'],
  [httpError(400, 'request.aborted'), 'invalid_json'],
  [httpError(413, 'entity.too.large'), 'payload_too_large'],
  [httpError(415, 'charset.unsupported'), 'unsupported_media_type'],
  [httpError(415, 'encoding.unsupported'), 'unsupported_media_type'],
  [httpError(400), 'not_found'],
  [httpError(404), 'not_found'],
  [httpError(500), 'internal_error'],
  [new DependencyError('database', true, { cause: 'secret' }), 'service_unavailable'],
  [new StorageUnavailableError('secret', { retryable: true, cause: null }), 'service_unavailable'],
  [new TypeError('secret words'), 'internal_error'],
  ['secret', 'internal_error'],
])('%s is %s and gives nothing away', (error, code) => {
  const told = toTold(error);
  expect(told.code).toBe(code);
  expect(told.detail).not.toContain('secret');
});
