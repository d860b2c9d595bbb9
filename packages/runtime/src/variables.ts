import { z } from 'zod';
import { Secret } from './secret';

/** Bounds of a whole number, both inclusive. */
export interface Bounds {
  min?: number;
  max?: number;
}

/** A whole number written in decimal digits. */
export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds = {}) {
  return z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

/** A TCP port; 0 asks the system for a free one. */
export const port = () => integer({ max: 65_535 });

/** A number of bytes. */
export const bytes = (bounds: Bounds = {}) => integer(bounds);

/** A duration in milliseconds, at most what a timer can hold (24.8 days). */
export const milliseconds = (bounds: Bounds = {}) => integer({ max: 2_147_483_647, ...bounds });

const FLAGS = { on: true, true: true, 1: true, off: false, false: false, 0: false } as const;

/** A switch: `on`, `true` or `1`; `off`, `false` or `0`. */
export function flag() {
  return z
    .enum(['on', 'true', '1', 'off', 'false', '0'], 'must be on or off')
    .transform((word) => FLAGS[word]);
}

/** Absolute http(s) addresses separated by commas, without the slash at their end. */
export function urlList() {
  const url = z
    .url({ protocol: /^https?$/, error: 'must be http(s) addresses separated by commas' })
    .transform((text) => new URL(text).href.replace(/\/+$/, ''));
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .pipe(z.array(url))
    .transform((urls) => [...new Set(urls)]);
}

/** A value that must never be printed, of at least `minLength` characters. */
export function secret({ minLength = 1 }: { minLength?: number } = {}) {
  return z
    .string()
    .min(minLength, `must have at least ${minLength} characters`)
    .transform((value) => new Secret(value))
    .meta({ secret: true });
}
