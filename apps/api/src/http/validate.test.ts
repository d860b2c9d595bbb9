import type { AppError } from '@avatarforge/core';
import { z } from 'zod';
import { validate, type RequestPart } from './validate';

const Schema = z.strictObject({
  name: z.string().min(2, 'Give 2 characters.'),
  tags: z.array(z.string()).default([]),
});

function errorOf(value: unknown, part: RequestPart = 'body'): AppError {
  try {
    validate(Schema, value, part);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was accepted');
}

test('what is valid comes back parsed', () => {
  expect(validate(Schema, { name: 'ann' }, 'body')).toEqual({ name: 'ann', tags: [] });
});

test('fields at fault are pointed at, unknown ones too', () => {
  const error = errorOf({ name: 'a', tags: ['x', 1], 'a/b~c': 1 });
  expect(error.code).toBe('validation_failed');
  expect(error.errors?.map(({ pointer }) => pointer)).toEqual(['/name', '/tags/1', '/a~1b~0c']);
});

test('the detail says it in one sentence, and does not grow without end', () => {
  expect(errorOf({ name: 'a' }).message).toBe('/name: Give 2 characters.');
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key${n}`, n]));
  expect(errorOf({ name: 'ann', ...many }).message).toMatch(/; and 15 more\.$/);
});

test('parameters are pointed at by their place', () => {
  expect(errorOf({ name: 'a' }, 'query').errors?.[0]?.pointer).toBe('query/name');
});

test('a body that is no object at all is at fault as a whole', () => {
  expect(errorOf(undefined).message).toMatch(/^body: /);
});

test('of a body with several forms, the faults are those of the form that it comes nearest to', () => {
  const Forms = z.union([
    z.strictObject({ name: z.string(), age: z.int() }),
    z.strictObject({ graph: z.record(z.string(), z.unknown()), count: z.int() }),
  ]);
  const pointersOf = (value: unknown) => {
    try {
      validate(Forms, value, 'body');
    } catch (error) {
      return (error as AppError).errors?.map(({ pointer }) => pointer);
    }
    return [];
  };
  expect(pointersOf({ name: 'ann', age: 'x' })).toEqual(['/age']);
  expect(pointersOf({ graph: 7, count: 1 })).toEqual(['/graph']);
  expect(pointersOf({ graph: {} })).toEqual(['/count']);
  expect(pointersOf({})).toEqual(['/name', '/age']);
});
