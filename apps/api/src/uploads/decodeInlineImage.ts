import { IMAGE_LIMITS } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { tooLarge } from './receiveMultipart';

const DATA_URL = /^data:[^,]{0,200};base64,/i;
const BASE64 = /^[\w+/-]+={0,2}$/;

/**
 * The bytes of a picture that stands in the field `field` as base64 or as data URL.
 * @throws AppError validation_failed, payload_too_large
 */
export function decodeInlineImage(text: string, field: string): Buffer {
  const base64 = text.replace(DATA_URL, '').replaceAll(/\s+/g, '');
  if (!BASE64.test(base64)) {
    const message = 'Give the picture itself, as base64 or as data URL.';
    throw new AppError('validation_failed', `${field}: ${message}`, [
      { pointer: `/${field}`, message },
    ]);
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > IMAGE_LIMITS.maxBytes) throw tooLarge();
  return bytes;
}
