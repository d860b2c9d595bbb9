import { isId, newId } from './ids';

test('a new id is a canonical UUIDv7 and carries its time', () => {
  const id = newId(0x0123456789ab);
  expect(isId(id)).toBe(true);
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab]/);
});

test('ids sort by time', () => {
  const ids = [1, 2, 300, 70_000].map((ms) => newId(1_700_000_000_000 + ms));
  expect([...ids].sort()).toEqual(ids);
});

test.each(['', 'x', '01234567-89AB-7000-8000-000000000000', "' OR 1=1"])('%j is no id', (text) => {
  expect(isId(text)).toBe(false);
});
