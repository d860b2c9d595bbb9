import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Five letters that keep a preview's file apart from those of other runs. */
export function randomWord(): string {
  return Array.from({ length: 5 }, () => letters.charAt(randomInt(letters.length))).join('');
}
