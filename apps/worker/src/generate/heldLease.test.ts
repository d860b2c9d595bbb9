import { LEASE_TTL_MS } from '@avatarforge/db';
import { HeldLease } from './heldLease';

const lease = { instanceId: 'i', epoch: '1' };

test('a fresh lease allows side effects', () => {
  expect(new HeldLease(lease, performance.now()).isHeld()).toBe(true);
});

test('one asked for a lifetime ago does not, until it is renewed', () => {
  const held = new HeldLease(lease, performance.now() - LEASE_TTL_MS);
  expect(held.isHeld()).toBe(false);
  held.renewed(performance.now());
  expect(held.isHeld()).toBe(true);
});

test('an ended one never again', () => {
  const held = new HeldLease(lease, performance.now());
  held.end();
  held.renewed(performance.now());
  expect(held.isHeld()).toBe(false);
  expect(held.signal.aborted).toBe(true);
});
