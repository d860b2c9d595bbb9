import { AppError } from '@avatarforge/core';
import type { RequestHandler } from 'express';
import type { Credentials } from './identify';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Without API keys, whoever reaches the API may use it, and a browser on this machine reaches it for any page. Refuses
 * what came under a name that is not this machine's own (a name of somebody else's may lead here: DNS rebinding) and
 * what a page elsewhere sends; following a link from there is no harm.
 */
export function refuseForeignPages(): RequestHandler {
  return (req, _res, next) => {
    const isLink = req.method === 'GET' && req.get('Sec-Fetch-Mode') === 'navigate';
    const isSentFromElsewhere = req.get('Sec-Fetch-Site') === 'cross-site' && !isLink;
    if (!LOOPBACK.test(req.hostname) || isSentFromElsewhere) {
      throw new AppError(
        'foreign_page',
        'Without API keys only this machine is served: use localhost, or start with AUTH=on.',
      );
    }
    next();
  };
}

/** Whether a page that is not of this machine asks for a WebSocket: browsers let every page ask, and name it. */
export function isForeignSocket(from: Credentials): boolean {
  const origin = from.get('Origin');
  const isOwn = origin === undefined || LOOPBACK.test(hostOf(origin));
  return !isOwn || !LOOPBACK.test(hostOf(`http://${from.get('Host') ?? ''}`));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
