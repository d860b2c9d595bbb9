import { z } from 'zod';

/** Whether every part of the system can hold it: it has no NUL, and no half of a character. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Text that every part of the system can hold. */
export const plainText = () =>
  z.string().refine(isPlain, 'Has characters that are not text.').trim();
