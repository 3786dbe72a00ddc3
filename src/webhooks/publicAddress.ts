import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Azure's own service address, which looks like a public one. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/**
 * Whether an address is one of the public internet: no private, local, shared, reserved or multicast one, and none that
 * carries another inside (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.parse(address).range() === 'unicast' && address !== AZURE_WIRE_SERVER;
}

/** The address that a URL names by itself, without its brackets; null where it names a host. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? null : bare;
}
