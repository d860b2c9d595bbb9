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

test('what is begun has at most what is left of the lease', () => {
  const held = new HeldLease(lease, performance.now() - 2000);
  expect(held.remainingMs()).toBeGreaterThan(0);
  expect(held.remainingMs()).toBeLessThanOrEqual(LEASE_TTL_MS - 2000);
});

test('an ended one never again', () => {
  const held = new HeldLease(lease, performance.now());
  held.end();
  held.renewed(performance.now());
  expect(held.isHeld()).toBe(false);
  expect(held.remainingMs()).toBe(0);
  expect(held.signal.aborted).toBe(true);
});
