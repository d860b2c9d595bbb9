import type { IncomingHttpHeaders } from 'node:http';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** Whether the server refuses a request because another web site's page seems to have sent it. */
export function isForeignOrigin(headers: IncomingHttpHeaders, refusesCrossSite: boolean): boolean {
  if (refusesCrossSite && headers['sec-fetch-site'] === 'cross-site') return true;
  const { host, origin } = headers;
  if (host === undefined || origin === undefined || !URL.canParse(origin)) return false;
  if (!URL.canParse(`http://${host}`)) return false;
  const own = new URL(`http://${host}`);
  const other = new URL(origin);
  if (!loopback.test(own.hostname)) return false;
  // Without a port in the Host header only the names are compared.
  return own.port === '' ? own.hostname !== other.hostname : own.host !== other.host;
}
