import { hashApiKey, isApiKey, newApiKey, shownPrefix } from './apiKeys';

test('a new key is recognised, and no other is equal to it', () => {
  const key = newApiKey();
  expect(isApiKey(key)).toBe(true);
  expect(newApiKey()).not.toBe(key);
});

test('a mistyped key is known without a look-up', () => {
  const key = newApiKey();
  const typo = key.slice(0, 8) + (key[8] === 'a' ? 'b' : 'a') + key.slice(9);
  expect(isApiKey(typo)).toBe(false);
});

test('neither hash nor shown prefix gives the key away', () => {
  const key = newApiKey();
  expect(hashApiKey(key)).toMatch(/^[0-9a-f]{64}$/);
  expect(shownPrefix(key)).toHaveLength(9);
});
