import { parseAllowList } from './allowList';

test('an empty list allows nothing', () => {
  for (const text of ['', ' , ,']) {
    const allow = parseAllowList(text);
    expect(allow.hasAddresses).toBe(false);
    expect(allow.hasHost('', 80)).toBe(false);
    expect(allow.hasAddress('127.0.0.1', 80)).toBe(false);
  }
});

test.each([
  ['gpu.test', 'gpu.test', 8188, true],
  ['gpu.test', 'GPU.test.', 80, true],
  ['GPU.Test.', 'gpu.test', 80, true],
  ['gpu.test', 'a.gpu.test', 80, false],
  ['gpu.test', 'gpu.test.example', 80, false],
  ['gpu.test:8188', 'gpu.test', 8188, true],
  ['gpu.test:8188', 'gpu.test', 80, false],
  ['gpu.test:80', 'gpu.test', 443, false],
  ['*.inside.test', 'a.inside.test', 1, true],
  ['*.inside.test', 'a.b.inside.test', 1, true],
  ['*.inside.test', 'inside.test', 1, false],
  ['*.inside.test', 'xinside.test', 1, false],
  ['*.inside.test:81', 'a.inside.test', 80, false],
  ['bücher.test', 'xn--bcher-kva.test', 80, true],
  ['redis', 'redis', 80, true],
])('%s with %s:%i: %s', (text, name, port, isAllowed) => {
  expect(parseAllowList(`other.test, ${text}`).hasHost(name, port)).toBe(isAllowed);
});

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', false],
  ['10.0.0.5', '10.0.0.5', true],
  ['10.0.0.5', '10.0.0.6', false],
  ['10.0.0.5:80', '10.0.0.5', true],
  ['10.0.0.5:81', '10.0.0.5', false],
  ['fd00::/8', 'fdab::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['fd00::1', 'fd00:0::1', true],
  ['[fd00::1]:80', 'fd00::1', true],
  ['[fd00::1]:81', 'fd00::1', false],
  ['fe80::/10', 'fe80::1%eth0', false],
  ['0.0.0.0/0', '127.0.0.1', true],
])('%s with %s: %s', (text, address, isAllowed) => {
  expect(parseAllowList(text).hasAddress(address, 80)).toBe(isAllowed);
});

test.each([
  ...[
    'http://gpu.test',
    'gpu.test/path',
    'user@gpu.test',
    'a b',
    '*',
    '*.',
    '*.10.0.0.1',
    'a*.test',
  ],
  ...[
    'gpu.test:',
    'gpu.test:x',
    'gpu.test:99999',
    '10.0.0.0/33',
    'fd00::/129',
    '10/8',
    '10.0.0.0/',
  ],
  ...[
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'gpu.test/24',
    '10.0.0.0/8:80',
    '[fd00::1',
    'fe80::1%eth0',
    '%31.test',
  ],
])('%j is refused by name', (text) => {
  expect(() => parseAllowList(`good.test,${text}`)).toThrow(`OUTBOUND_ALLOW: “${text}”`);
});

test('a network is written by its first address, lest one host becomes many', () => {
  expect(() => parseAllowList('10.0.0.5/8')).toThrow('the network is 10.0.0.0/8');
  expect(() => parseAllowList('fd00::1/64')).toThrow('the network is fd00::/64');
});
