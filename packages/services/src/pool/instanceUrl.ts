import { AppError } from '@avatarforge/core';

/**
 * An address as it is kept: lower-case host, no default port, no slash at its end.
 * Throws {@link AppError} `validation_failed` for what is no http(s) address of a server.
 */
export function toInstanceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw badUrl('Give an http or https address, such as http://gpu-7:8188.');
  }
  if (url.search || url.hash) throw badUrl('Give an address without ? and #.');
  // What follows a slash would count as the path, and be shown.
  if (url.pathname.includes('@')) throw badUrl('Write / in a password as %2F, and @ as %40.');
  return url.href.replace(/\/+$/, '');
}

function badUrl(message: string): AppError {
  return new AppError('validation_failed', `/url: ${message}`, [{ pointer: '/url', message }]);
}
