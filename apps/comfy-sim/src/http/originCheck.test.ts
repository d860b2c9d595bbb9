import { isForeignOrigin } from './originCheck';

test.each([
  ['no headers', {}, false],
  ['another site', { 'sec-fetch-site': 'cross-site' }, true],
  ['the own page', { host: '127.0.0.1:8188', origin: 'http://127.0.0.1:8188' }, false],
  ['another port', { host: '127.0.0.1:8188', origin: 'http://127.0.0.1:3000' }, true],
  ['another name', { host: 'localhost:8188', origin: 'http://example.com' }, true],
  [
    'a host that is not loopback',
    { host: 'gpu.example:8188', origin: 'http://example.com' },
    false,
  ],
  ['a null origin', { host: 'localhost:8188', origin: 'null' }, false],
])('%s: refused %#', (_name, headers, isRefused) => {
  expect(isForeignOrigin(headers, true)).toBe(isRefused);
});

test('older versions do not mind another site', () => {
  expect(isForeignOrigin({ 'sec-fetch-site': 'cross-site' }, false)).toBe(false);
});
