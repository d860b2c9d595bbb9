import type { Request } from 'express';
import { preferredWait } from './preferences';

const asking = (prefer?: string) => ({ get: () => prefer }) as unknown as Request;

test.each([
  [undefined, 0],
  ['', 0],
  ['wait=5', 5],
  ['respond-async, wait=12', 12],
  ['wait="7"; x=1', 7],
  ['wait=600', 60],
  ['wait=99999999999', 0],
  ['wait=-1', 0],
  ['await=9', 0],
  ['wait=soon', 0],
])('%p is a wish to wait for %d seconds', (prefer, seconds) => {
  expect(preferredWait(asking(prefer))).toBe(seconds);
});
