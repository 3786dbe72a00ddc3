import * as fc from 'fast-check';
import {
  gates,
  type KeyFacts,
  type Narrowing,
  type Network,
  type RateLimit,
  type ResourceRestriction,
  wider,
} from '../../src/authority/index.js';

/** `wider` against a model that tries everything there is in a small world: four things, sixteen addresses of each family. */

const things = ['customer', 'satellite'].flatMap((type) => ['a', 'b'].map((id) => ({ type, id })));
const addresses = ([4, 6] as const).flatMap((family) => Array.from({ length: 16 }, (_, value) => ({ family, value: BigInt(value) })));

const restrictions: fc.Arbitrary<ResourceRestriction[]> = fc.array(
  fc.record({ type: fc.constantFrom('customer', 'satellite'), ids: fc.subarray(['a', 'b']) }),
  { maxLength: 3 },
);
const network: fc.Arbitrary<Network> = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.integer({ min: 0, max: 4 }), fc.nat(15))
  .map(([family, bits, value]) => {
    const size = 2n ** BigInt(bits);
    const first = (BigInt(value) / size) * size;
    return { family, first, last: first + size - 1n };
  });
const rateLimit: fc.Arbitrary<RateLimit> = fc.record({
  limit: fc.integer({ min: 1, max: 6 }),
  windowSeconds: fc.integer({ min: 1, max: 6 }),
});
const narrowing: fc.Arbitrary<Narrowing> = fc.record({
  restrictions: fc.option(restrictions),
  networks: fc.option(fc.array(network, { maxLength: 4 })),
  rateLimit: fc.option(rateLimit),
});

const admits = {
  restrictions: ({ restrictions: list }: Narrowing, n: number) =>
    list === null || list.some(({ type, ids }) => type === things[n]?.type && ids.includes(things[n].id)),
  networks: ({ networks: list }: Narrowing, n: number) =>
    list === null ||
    list.some(({ family, first, last }) => family === addresses[n]?.family && first <= addresses[n].value && last >= addresses[n].value),
};

/** The most uses in any stretch of that many seconds: one window spent in its last instant, then window after window. */
const mostUses = ({ limit, windowSeconds }: RateLimit, seconds: number): number => limit * (2 + Math.floor(seconds / windowSeconds));

describe('what is wider', () => {
  test('lets through something that the other does not: exactly so for resources and networks (C19)', () => {
    fc.assert(
      fc.property(narrowing, narrowing, (one, other) => {
        const respects = wider(one, other);
        for (const [respect, count] of [
          ['restrictions', 4],
          ['networks', 32],
        ] as const) {
          const more = Array.from({ length: count }, (_, n) => n).some((n) => admits[respect](one, n) && !admits[respect](other, n));
          // Null is everything there may ever be, also beyond this small world.
          const all = one[respect] === null && other[respect] !== null;
          expect([respect, respects.includes(respect)]).toEqual([respect, more || all]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('of two rate limits the one that is no wider never allows more uses, in no stretch of time', () => {
    fc.assert(
      fc.property(rateLimit, rateLimit, fc.nat(100), (one, other, seconds) => {
        const only = { restrictions: null, networks: null };
        if (wider({ ...only, rateLimit: one }, { ...only, rateLimit: other }).length > 0) return;
        expect(mostUses(one, seconds)).toBeLessThanOrEqual(mostUses(other, seconds));
      }),
    );
  });

  test('nothing is wider than itself, nor than what is not narrowed; what is not narrowed is wider than all that is', () => {
    const free = { restrictions: null, networks: null, rateLimit: null };
    fc.assert(
      fc.property(narrowing, (one) => {
        expect(wider(one, one)).toEqual([]);
        expect(wider(one, free)).toEqual([]);
        const narrowed = (['restrictions', 'networks', 'rateLimit'] as const).filter((respect) => one[respect] !== null);
        expect(wider(free, one)).toEqual(narrowed);
      }),
    );
  });

  test('raising a limit and shortening its window each widen it', () => {
    const of = (limit: number, windowSeconds: number): Narrowing => ({
      restrictions: null,
      networks: null,
      rateLimit: { limit, windowSeconds },
    });
    expect(wider(of(11, 60), of(10, 60))).toEqual(['rateLimit']);
    expect(wider(of(10, 59), of(10, 60))).toEqual(['rateLimit']);
    expect(wider(of(9, 61), of(10, 60))).toEqual([]);
  });

  test('two networks beside each other cover what spans both, and a gap between them is a gap', () => {
    const net = (first: bigint, last: bigint): Network => ({ family: 4, first, last });
    const of = (...networks: Network[]): Narrowing => ({ restrictions: null, networks, rateLimit: null });
    expect(wider(of(net(0n, 7n)), of(net(4n, 7n), net(0n, 3n)))).toEqual([]);
    expect(wider(of(net(0n, 7n)), of(net(5n, 7n), net(0n, 3n)))).toEqual(['networks']);
  });
});

test('the gate of the address lets the first and the last address of a network pass, and neither of those beside them (R79)', () => {
  const ip = gates.find(({ name }) => name === 'ip');
  const key = { networks: [{ family: 4, first: 4n, last: 7n }] } as Partial<KeyFacts> as KeyFacts;
  const codes = [3n, 4n, 7n, 8n].map((value) => ip?.shut(key, { environment: 'PRODUCTION', now: 0, address: { family: 4, value } }));
  expect(codes).toEqual(['IP_NOT_ALLOWED', null, null, 'IP_NOT_ALLOWED']);
  const ofSix = { family: 6, value: 5n } as const;
  expect(ip?.shut(key, { environment: 'PRODUCTION', now: 0, address: ofSix })).toBe('IP_NOT_ALLOWED');
});
