import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { judgeAnswer } from './judgeAnswer';
import { nextWait, parseRetryAfter, RETRY_WAITS } from './schedule';
import { newSecret, verifierOf } from './secrets';
import { signDelivery } from './signDelivery';

const bodies = fc.oneof(
  fc.json(),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
);

describe('a delivery signed with a shared secret', () => {
  const verified = (secret: string, body: string, headers: Record<string, string>) =>
    new Webhook(secret).verify(body, headers);

  it('is verified by the package that everybody uses, whatever it says', () => {
    const property = fc.property(bodies, fc.uuid(), (body, id) => {
      const secret = newSecret('v1');
      const headers = signDelivery({ id, at: Date.now(), body, secrets: [secret] });
      expect(verified(secret, body, headers)).toEqual(JSON.parse(body));
    });
    fc.assert(property);
  });

  it('is refused when anything of it was changed', () => {
    const secret = newSecret('v1');
    const [id, body] = ['msg_1', '{"a":1}'];
    const headers = signDelivery({ id, at: Date.now(), body, secrets: [secret] });
    expect(() => verified(secret, '{"a":2}', headers)).toThrow();
    expect(() => verified(secret, body, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
    expect(() => verified(newSecret('v1'), body, headers)).toThrow();
    const old = signDelivery({ id, at: Date.now() - 3_600_000, body, secrets: [secret] });
    expect(() => verified(secret, body, old)).toThrow();
  });

  it('is good under the old and the new secret while they overlap', () => {
    const secrets = [newSecret('v1'), newSecret('v1')];
    const headers = signDelivery({ id: 'msg_1', at: Date.now(), body: '{}', secrets });
    for (const secret of secrets) expect(verified(secret, '{}', headers)).toEqual({});
  });
});

describe('a delivery signed with a private key', () => {
  it('is verified by the public key over id, time and body', () => {
    const property = fc.property(bodies, (body) => {
      const secret = newSecret('v1a');
      const headers = signDelivery({ id: 'msg_1', at: Date.now(), body, secrets: [secret] });
      const [version, signature = ''] = (headers['webhook-signature'] ?? '').split(',');
      expect(version).toBe('v1a');
      const x = Buffer.from(verifierOf(secret).replace('whpk_', ''), 'base64').toString(
        'base64url',
      );
      const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
      const said = (text: string) => Buffer.from(`msg_1.${headers['webhook-timestamp']}.${text}`);
      const bytes = Buffer.from(signature, 'base64');
      expect(verify(null, said(body), key, bytes)).toBe(true);
      expect(verify(null, said(`${body} `), key, bytes)).toBe(false);
    });
    fc.assert(property, { numRuns: 30 });
  });

  it('gives the receiver nothing to sign with', () => {
    const secret = newSecret('v1a');
    expect(verifierOf(secret)).toMatch(/^whpk_/);
    expect(verifierOf(secret)).not.toContain(secret.slice('whsk_'.length));
    expect(verifierOf('whsec_x')).toBe('whsec_x');
  });
});

describe('the schedule', () => {
  const wait = (tries: number, retryAfterMs: number | null = null, random = 0) =>
    nextWait({ tries, retryAfterMs, random: () => random });

  it('tries ten times, later each time, and never sooner than it says', () => {
    const waits = Array.from({ length: 10 }, (_, n) => wait(n + 1));
    expect(waits.slice(0, 9)).toEqual(RETRY_WAITS);
    expect(waits[9]).toBeNull();
    expect(wait(1, null, 1)).toBe(6000);
  });

  it('leaves a receiver alone for as long as it asks, a day at most', () => {
    expect(wait(1, 60_000)).toBe(60_000);
    expect(wait(3, 60_000)).toBe(RETRY_WAITS[2]);
    expect(wait(1, 10 * 24 * 3_600_000)).toBe(24 * 3_600_000);
    expect(wait(10, 60_000)).toBeNull();
  });

  it.each([
    ['120', 120_000],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('reads Retry-After: %s', (header, ms) => {
    expect(parseRetryAfter(header, Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(ms);
  });
});

it.each([
  [200, 'succeeded'],
  [299, 'succeeded'],
  [301, 'retry'],
  [307, 'retry'],
  [404, 'retry'],
  [410, 'gone'],
  [429, 'retry'],
  [500, 'retry'],
])('judges %i as %s', (status, outcome) => {
  expect(judgeAnswer(status)).toBe(outcome);
});
