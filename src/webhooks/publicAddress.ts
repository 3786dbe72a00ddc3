import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Azure's own service address, which looks like a public one. */
const AZURE_WIRE_SERVER = '168.63.129.16';
/** All that is given out of IPv6. What is no range of its own elsewhere (`::7f00:1`) may carry an IPv4 address inside. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: no private, local, shared, reserved or multicast one, and none that
 * carries another inside (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address === AZURE_WIRE_SERVER) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6)) return false;
  return parsed.range() === 'unicast';
}

/** The address that a URL names by itself, without its brackets; null where it names a host. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}
