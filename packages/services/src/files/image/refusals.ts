import { AppError } from '@avatarforge/core';

/** The bytes are not those of a whole picture. */
export function unreadable(cause?: unknown): AppError {
  const detail =
    'The image is damaged or incomplete. Send it again, or save it anew and send that.';
  const error = new AppError('image_unreadable', detail);
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** There is more than one picture to show. */
export function animated(): AppError {
  return new AppError('unsupported_media_type', 'Send a still image; this one is animated.');
}
