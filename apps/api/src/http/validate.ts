import type { FieldError } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import type { z } from 'zod';

/** A part of a request; it decides how a field at fault is pointed at. */
export type RequestPart = 'body' | 'query' | 'params';

const SHOWN_IN_DETAIL = 5;

/**
 * What `schema` makes of `value`.
 * @throws AppError validation_failed, with a pointer to each field at fault
 */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  part: RequestPart,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = nearest(result.error.issues).flatMap((issue) => toFieldErrors(issue, part));
  throw new AppError('validation_failed', summarise(errors), errors);
}

/** Of a body with several forms: what is wrong with it as the form that it comes nearest to. */
function nearest(issues: z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const [issue] = issues;
  if (issue?.code !== 'invalid_union' || issue.path.length > 0) return issues;
  const [first, ...others] = issue.errors;
  return others.reduce(
    (best, form) => (weight(form) < weight(best) ? form : best),
    first ?? issues,
  );
}

/** How much is wrong: each field that is not known counts. */
function weight(issues: z.core.$ZodIssue[]): number {
  const keys = issues.map((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.length : 1));
  return keys.reduce((sum, count) => sum + count, 0);
}

function toFieldErrors(issue: z.core.$ZodIssue, part: RequestPart): FieldError[] {
  if (issue.code !== 'unrecognized_keys') {
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    const message = isMissing ? 'This field is required.' : issue.message;
    return [{ pointer: toPointer(issue.path, part), message }];
  }
  return issue.keys.map((key) => ({
    pointer: toPointer([...issue.path, key], part),
    message: 'This field is not known here.',
  }));
}

/** A JSON Pointer (RFC 6901) into the body; the other parts are flat and named first. */
function toPointer(path: PropertyKey[], part: RequestPart): string {
  if (part !== 'body') return [part, ...path].map(String).join('/');
  const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  return path.map((key) => `/${escape(String(key))}`).join('');
}

function summarise(errors: FieldError[]): string {
  const shown = errors
    .slice(0, SHOWN_IN_DETAIL)
    .map(({ pointer, message }) => `${pointer || 'body'}: ${message.replace(/\.$/, '')}`);
  const hidden = errors.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])].join('; ') + '.';
}
