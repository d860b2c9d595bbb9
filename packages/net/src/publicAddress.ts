import { isIP } from 'node:net';
import { parse, parseCIDR } from 'ipaddr.js';

/** All of IPv6 that is handed out to the world; what embeds an IPv4 address elsewhere is refused with the rest. */
const GLOBAL_IPV6 = parseCIDR('2000::/3');
/** Looks public, but inside Azure it is the agent of the host. */
const AZURE_AGENT = '168.63.129.16';

/**
 * Whether an address, as the system writes it, is one of the public Internet: globally routable unicast, and nothing
 * that translates to another address. What `ipaddr.js` calls anything but `unicast` is not.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%') || address === AZURE_AGENT) return false;
  const parsed = parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
}
