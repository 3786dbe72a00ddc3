import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Address, Network } from '../authority/index.js';

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

/** An address in one spelling: no octal, no short IPv4 forms, and an IPv4-mapped IPv6 address is its IPv4 address. */
function read(text: string): Parsed | null {
  // An IPv4 address, alone or as the end of an IPv6 one, has four decimal parts: 010.0.0.1 is 8.0.0.1 to some readers.
  const dotted = text.slice(text.lastIndexOf(':') + 1);
  if (dotted.includes('.') && !ipaddr.IPv4.isValidFourPartDecimal(dotted)) return null;
  // RFC 4291 retired ::192.0.2.7, and readers differ on what it means: here it means nothing.
  if (dotted.includes('.') && text === `::${dotted}`) return null;
  // Asked in the family that it can be of alone: to say no the library throws and catches, which costs more than all else here.
  const isValid = text.includes(':') ? ipaddr.IPv6.isValid(text) : text !== '' && ipaddr.IPv4.isValidFourPartDecimal(text);
  return isValid ? ipaddr.process(text) : null;
}

const numberOf = (address: Parsed): bigint => BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`);
const familyOf = (address: Parsed): 4 | 6 => (address.kind() === 'ipv4' ? 4 : 6);
const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** An internet address, or null for what is none. The zone of a link-local address says nothing of who it is and is left out. */
export function parseAddress(text: string): Address | null {
  const address = read(text.replace(/%\w+$/, ''));
  return address && { family: familyOf(address), value: numberOf(address) };
}

/** A block of addresses, and how it is written here. */
interface Block {
  readonly text: string;
  readonly network: Network;
}

const CIDR = /^([0-9a-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/;

function blockOf(text: string): Block | 'MALFORMED' | { readonly hostBitsBeyond: string } {
  const [, written = '', prefix] = CIDR.exec(text) ?? [];
  const address = read(written);
  if (!address) return 'MALFORMED';
  const family = familyOf(address);
  const size = bitsOf(family);
  // The prefix of an IPv4-mapped block counts the 96 bits before the IPv4 address; a shorter one is about IPv6.
  const mapped = family === 4 && written.includes(':') ? 96 : 0;
  const length = prefix === undefined ? size : Number(prefix) - mapped;
  if (length < 0 || length > size) return 'MALFORMED';
  const host = (1n << BigInt(size - length)) - 1n;
  const value = numberOf(address);
  if ((value & host) !== 0n) return { hostBitsBeyond: spell(family, value & ~host, length) };
  return { text: spell(family, value, length), network: { family, first: value, last: value | host } };
}

function spell(family: 4 | 6, value: bigint, length: number): string {
  const bytes = Buffer.from(value.toString(16).padStart(bitsOf(family) / 4, '0'), 'hex');
  const address = family === 4 ? new ipaddr.IPv4([...bytes]) : new ipaddr.IPv6([...bytes]);
  return `${address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()}/${length}`;
}

/** The networks of a stored list. What cannot be read, which no code of ours wrote, is no network: then less is let through. */
export const networksOf = (cidrs: readonly string[]): Network[] =>
  cidrs.flatMap((text) => {
    const block = blockOf(text);
    return typeof block === 'object' && 'network' in block ? [block.network] : [];
  });

/** A block of addresses in CIDR notation, IPv4 or IPv6, as it is stored; a bare address is a block of one. */
export const cidrText = z.string('must be a text').transform((text, context) => {
  const block = blockOf(text.trim());
  if (block === 'MALFORMED') {
    context.addIssue({ code: 'custom', message: 'is no block of addresses: write it as 192.0.2.0/24 or 2001:db8::/32' });
    return z.NEVER;
  }
  if ('hostBitsBeyond' in block) {
    const message = `names an address inside of a block: write ${block.hostBitsBeyond}, or the address alone for that one`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return block.text;
});
