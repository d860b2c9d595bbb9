import { isIP } from 'node:net';
import type { AllowList } from './allowList';
import { OutboundError, type OutboundErrorCode } from './outboundError';
import { isPublicAddress } from './publicAddress';

/** Decides what may be asked, and which addresses may be dialled for it. */
export interface Rules {
  /** @throws OutboundError bad_url, insecure_scheme, blocked_address for what is wrong before any name is resolved. */
  checkUrl(text: string): URL;
  /** The addresses that may be dialled for `url`. @throws OutboundError blocked_address, insecure_scheme if there is none */
  chooseAddresses(url: URL, addresses: readonly string[]): string[];
  /** The error for a host that cannot be reached; where http is not for everyone, it says only that. */
  refuse(url: URL, code: OutboundErrorCode, cause?: unknown): OutboundError;
}

/**
 * Ports on which other protocols live, as browsers refuse them (Fetch Standard, “bad port”): a body that somebody else
 * chose must not be read as mail or as commands there.
 */
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]);

/** The rules of one installation. */
export function createRules(allow: AllowList, isHttpAllowed: boolean): Rules {
  const isHostAllowed = (url: URL) => allow.hasHost(hostOf(url), portOf(url));
  const isTooPlain = (url: URL) =>
    url.protocol === 'http:' && !isHttpAllowed && !isHostAllowed(url);
  const refuse: Rules['refuse'] = (url, code, cause) =>
    new OutboundError(isTooPlain(url) ? 'insecure_scheme' : code, { cause });

  const chooseAddresses: Rules['chooseAddresses'] = (url, addresses) => {
    const mayDial = (address: string) =>
      isHostAllowed(url) ||
      allow.hasAddress(address, portOf(url)) ||
      (!isTooPlain(url) && isPublicAddress(address));
    const chosen = addresses.filter((address) => isIP(address) !== 0 && mayDial(address));
    if (chosen.length === 0) throw refuse(url, 'blocked_address');
    return chosen;
  };

  return {
    checkUrl(text) {
      const url = parseUrl(text);
      if (isTooPlain(url) && !allow.hasAddresses) throw new OutboundError('insecure_scheme');
      const host = hostOf(url);
      if (isIP(host) !== 0) chooseAddresses(url, [host]);
      return url;
    },
    chooseAddresses,
    refuse,
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw badUrl('Give an https address.');
  if (url.username !== '' || url.password !== '') {
    throw badUrl('Give an address without user name and password.');
  }
  if (BAD_PORTS.has(portOf(url))) {
    throw badUrl('This port is for another protocol than HTTP. Give an address with another port.');
  }
  return url;
}

function badUrl(message: string): OutboundError {
  return new OutboundError('bad_url', { message });
}

/** The host of an address without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The port of an address, also when it is not written. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
