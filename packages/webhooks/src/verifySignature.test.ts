import { Webhook } from 'standardwebhooks';
import { verifySignature } from './verifySignature';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function signed(body: string, at = NOW) {
  return {
    id: 'msg_1',
    timestamp: String(Math.floor(at / 1000)),
    signature: new Webhook(SECRET).sign('msg_1', new Date(at), body),
    body: Buffer.from(body),
  };
}

it('knows what the official package signed', () => {
  expect(verifySignature(SECRET, signed('{"ä":1}'), NOW)).toBe(true);
  expect(verifySignature(SECRET, signed(''), NOW)).toBe(true);
});

it('takes one good signature among several', () => {
  const one = signed('x');
  const signature = `v1,AAAA v1a,${'B'.repeat(88)} ${one.signature}`;
  expect(verifySignature(SECRET, { ...one, signature }, NOW)).toBe(true);
});

it.each([
  ['another body', { body: Buffer.from('y') }],
  ['another id', { id: 'msg_2' }],
  ['no id', { id: undefined }],
  ['no time', { timestamp: undefined }],
  ['a time that is none', { timestamp: '1e3' }],
  ['no signature', { signature: undefined }],
  ['an empty signature', { signature: '' }],
  ['another signature', { signature: `v1,${Buffer.alloc(32).toString('base64')}` }],
])('refuses %s', (_what, changed) => {
  expect(verifySignature(SECRET, { ...signed('x'), ...changed }, NOW)).toBe(false);
});

it.each([-301_000, 301_000])('refuses what was signed %i ms from now', (ms) => {
  expect(verifySignature(SECRET, signed('x', NOW + ms), NOW)).toBe(false);
});

it('refuses what was signed with another secret', () => {
  const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(verifySignature(other, signed('x'), NOW)).toBe(false);
});
