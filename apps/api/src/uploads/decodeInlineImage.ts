import { IMAGE_LIMITS } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { tooLarge } from './receiveMultipart';

const PADDING = /={1,2}$/;
const DATA_URL = /^data:[^,]{0,200};base64,/i;
/** Of a byte: four characters carry three. */
const CHARACTERS_PER_BYTE = 4 / 3;
const NOT_BASE64 = /[^\w+/-]/;

/**
 * The bytes of a picture that stands in the field `field` as base64 or as data URL.
 * @throws AppError validation_failed, payload_too_large
 */
export function decodeInlineImage(text: string, field: string): Buffer {
  const data = text.replace(DATA_URL, '');
  // Seldom there, and a copy of 70 MB when taken out.
  const base64 = /\s/.test(data) ? data.replaceAll(/\s+/g, '') : data;
  const digits = base64.replace(PADDING, '');
  if (digits.length > IMAGE_LIMITS.maxBytes * CHARACTERS_PER_BYTE) throw tooLarge();
  // Looking for what must not be there needs no stack, however long the text is.
  if (digits === '' || NOT_BASE64.test(digits)) {
    const message = 'Give the picture itself, as base64 or as data URL, or its https address.';
    throw new AppError('validation_failed', `${field}: ${message}`, [
      { pointer: `/${field}`, message },
    ]);
  }
  return Buffer.from(digits, 'base64');
}
