import * as fc from 'fast-check';
import { cidrText, networksOf, parseAddress } from '../../src/domain/index.js';

const stored = (text: unknown): string | undefined => cidrText.safeParse(text).data;
const complaint = (text: string): string | undefined => cidrText.safeParse(text).error?.issues[0]?.message;
const within = (cidr: string, address: string): boolean => {
  const found = parseAddress(address);
  const [network] = networksOf([cidr]);
  return !!found && !!network && network.family === found.family && network.first <= found.value && found.value <= network.last;
};

describe('a block of addresses', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    [' 10.0.0.0/8 ', '10.0.0.0/8'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['::ffff:c000:207', '192.0.2.7/32'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('written as %s is stored as %s', (written, canonical) => {
    expect(stored(written)).toBe(canonical);
    expect(stored(canonical)).toBe(canonical);
  });

  test.each([
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['10.1.0.0/8', '10.0.0.0/8'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
  ])('that has bits beyond its prefix, %s, is refused and told as %s', (written, meant) => {
    expect(complaint(written)).toBe(`names an address inside of a block: write ${meant}, or the address alone for that one`);
  });

  test.each([
    '',
    ' ',
    '/',
    '/24',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/8/8',
    '192.0.2.0/2 4',
    '192.0.2',
    '192.0.2.0.0',
    '256.0.0.1',
    '010.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.1',
    '2001:db8::/129',
    '2001:db8:::/32',
    ':::',
    'fe80::1%eth0',
    '::ffff:0:0/95',
    '::192.0.2.0/120',
    '::192.0.2.7',
    '::ffff:010.0.0.1',
    '*',
    '192.0.2.*',
    'localhost',
    '192.0.2.0/24\n10.0.0.0/8',
    '１９２.0.2.1',
    `${'0'.repeat(60)}::1`,
  ])('is none: %j', (text) => {
    expect(complaint(text)).toMatch(/^is no block of addresses/);
  });

  test('that is stored and cannot be read lets nothing through', () => {
    expect(networksOf(['nonsense', '192.0.2.7/24', '192.0.2.0/24'])).toHaveLength(1);
    expect(networksOf(['nonsense'])).toEqual([]);
  });

  test('of IPv4 holds the addresses that share its first bits, and no other', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.nat(32)), ([one, other, bits]) => {
        const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
        const masked = bits === 0 ? 0 : (one & (-1 << (32 - bits))) >>> 0;
        const inside = one.toString(2).padStart(32, '0').slice(0, bits) === other.toString(2).padStart(32, '0').slice(0, bits);
        expect(within(`${dotted(masked)}/${bits}`, dotted(other))).toBe(inside);
        expect(within(`${dotted(masked)}/${bits}`, `::ffff:${dotted(other)}`)).toBe(inside);
      }),
    );
  });
});

describe('an address', () => {
  test('of IPv4 within IPv6 is the IPv4 address, and of no IPv6 block', () => {
    expect(parseAddress('::ffff:192.0.2.1')).toEqual(parseAddress('192.0.2.1'));
    expect(within('::/0', '::ffff:192.0.2.1')).toBe(false);
    expect(within('0.0.0.0/0', '2001:db8::1')).toBe(false);
    expect(within('2001:db8::/32', '2001:0DB8:ffff::1')).toBe(true);
  });

  test('is read without its zone', () => {
    expect(parseAddress('fe80::1%eth0')).toEqual(parseAddress('fe80::1'));
  });

  test.each([
    '',
    ' ',
    '192.0.2',
    '010.0.0.1',
    '192.0.2.1 ',
    '192.0.2.1, 10.0.0.1',
    '::192.0.2.1',
    '192.0.2.1/32',
    'unknown',
    '[::1]',
    '1',
    '\u0000',
  ])('is none: %j', (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});
