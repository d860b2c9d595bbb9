import { isIP } from 'node:net';
import { IPv4, IPv6, parse, parseCIDR } from 'ipaddr.js';

/** What may be reached although it is not public; made by {@link parseAllowList}. */
export interface AllowList {
  /** Whether a host name may be reached whatever it resolves to. */
  hasHost(name: string, port: number): boolean;
  /** Whether an address may be dialled, whatever it was called. */
  hasAddress(address: string, port: number): boolean;
  /** Whether it holds any address. */
  hasAddresses: boolean;
}

interface HostRule {
  /** Lower-case; `.example.org` for all below it. */
  name: string;
  /** Null for any. */
  port: number | null;
}

interface AddressRule {
  range: [IPv4 | IPv6, number];
  port: number | null;
}

/**
 * Reads a comma-separated list of `host`, `host:port`, `*.domain` and networks (`10.1.0.0/16`, `fd00::/8`).
 * @throws Error that names the entry at fault
 */
export function parseAllowList(text: string): AllowList {
  const hosts: HostRule[] = [];
  const addresses: AddressRule[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const rule = entry.includes('/') ? parseNetwork(entry) : parseHost(entry);
    if ('range' in rule) addresses.push(rule);
    else hosts.push(rule);
  }
  return {
    hasHost: (name, port) => hosts.some((rule) => fitsPort(rule, port) && fitsName(rule, name)),
    hasAddress: (address, port) =>
      addresses.some((rule) => fitsPort(rule, port) && fitsRange(rule, address)),
    hasAddresses: addresses.length > 0,
  };
}

function fitsPort(rule: { port: number | null }, port: number): boolean {
  return rule.port === null || rule.port === port;
}

function fitsName({ name }: HostRule, asked: string): boolean {
  const known = asked.toLowerCase().replace(/\.$/, '');
  return name.startsWith('.') ? known.endsWith(name) && known !== name : known === name;
}

function fitsRange({ range }: AddressRule, address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = parse(address);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

function parseNetwork(entry: string): AddressRule {
  const [base = '', bits = '', ...rest] = entry.split('/');
  const family = isIP(base);
  const isWhole = rest.length === 0 && family !== 0 && !base.includes('%');
  if (!isWhole || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    throw refuse(entry);
  }
  const first = (family === 4 ? IPv4 : IPv6).networkAddressFromCIDR(entry);
  if (first.toString() !== parse(base).toString()) {
    throw refuse(entry, `the network is ${first.toString()}/${bits}`);
  }
  return { range: parseCIDR(entry), port: null };
}

function parseHost(entry: string): HostRule | AddressRule {
  const isBelow = entry.startsWith('*.');
  const bare = isIP(entry) === 6 ? `[${entry}]` : isBelow ? entry.slice(2) : entry;
  if (!/^[^\s/?#@\\*%]*[^\s/?#@\\*%:]$/.test(bare)) throw refuse(entry);
  const url = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`) : null;
  if (!url || url.hostname === '') throw refuse(entry);
  const port = /:(\d+)$/.exec(bare.replace(/^\[.*\]/, ''))?.[1];
  const rule = { port: port === undefined ? null : Number(port) };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) {
    const name = host.replace(/\.$/, '');
    return { name: isBelow ? `.${name}` : name, ...rule };
  }
  if (isBelow) throw refuse(entry);
  const address = parse(host);
  return { range: [address, address.kind() === 'ipv4' ? 32 : 128], ...rule };
}

function refuse(entry: string, why = 'give a host, host:port, *.domain or a network'): Error {
  return new Error(`OUTBOUND_ALLOW: “${entry}” cannot be read: ${why}.`);
}
