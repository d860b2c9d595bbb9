import { EmbeddedError, explain } from './embeddedError';

test.each([
  ['write ENOSPC', /The disk is full\. .*Free some space/],
  ['could not bind: Address already in use', /Another program uses its port\. .*Start again/],
  ["Temporary failure resolving 'example.org'", /network could not be reached\. .*Connect this/],
  ["EACCES: permission denied, open 'x'", /not permitted .*Run as the user who owns/],
])('"%s" is told in plain words, with what to do', (text, expected) => {
  expect(explain('It did not start.', new Error(text), 'Look.').message).toMatch(expected);
});

test('an unknown reason is shown as it is, with the advice of the caller', () => {
  const error = explain('It did not start.', 'FATAL: odd things', 'Look at the log.');
  expect(error.message).toBe('It did not start. FATAL: odd things Look at the log.');
});

test('of many lines only the one that matters is shown', () => {
  const text = 'line one\nFATAL: No space left on device\nAborted';
  expect(explain('No.', text, 'Look.').message).toContain('full. (FATAL: No space left on device)');
});

test('what is already told for people is left alone', () => {
  const error = new EmbeddedError({ what: 'What.', why: 'Why.', todo: 'Do.' });
  expect(explain('Other.', error, 'Else.')).toBe(error);
});
