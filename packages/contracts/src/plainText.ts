import { z } from 'zod';

/** Text that every part of the system can hold: no NUL, no half of a character. */
export const plainText = () =>
  z
    .string()
    .refine(
      (text) => text.isWellFormed() && !text.includes('\0'),
      'Has characters that are not text.',
    )
    .trim();
