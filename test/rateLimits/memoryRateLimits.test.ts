import type { RateLimit } from '../../src/authority/index.js';
import { MemoryRateLimits } from '../../src/rateLimits/index.js';
import { answersAsTheReference } from './model.js';

/** A clock that is moved by hand, and the limits that read it. */
function started(most?: number) {
  let now = 1_000_000;
  const limits = new MemoryRateLimits(() => new Date(now), most);
  const fits = (key: string, limit: RateLimit, cost = 1): boolean => limits.take(key, limit, cost).fits;
  return { limits, fits, advance: (milliseconds: number) => void (now += milliseconds), now: () => now };
}

test('answers as the naive reference does, whatever is taken, however long is waited and whenever a limit is edited (S2.14)', () =>
  answersAsTheReference(() => started()));

describe('a window', () => {
  const ten = { limit: 10, windowSeconds: 60 };

  test('begins at its first use and ends by the millisecond, also under steady traffic', () => {
    const { fits, advance } = started();
    let passed = 0;
    // Four a second for ten minutes: ten windows of ten.
    for (let n = 0; n < 2_400; n += 1) {
      if (fits('a', ten)) passed += 1;
      advance(250);
    }
    expect(passed).toBe(100);
  });

  test('counts nothing of what does not fit, and cost 0 asks without counting, also when nothing is left', () => {
    const { limits, fits } = started();
    expect(fits('a', ten, 7)).toBe(true);
    expect(fits('a', ten, 4)).toBe(false);
    expect(limits.take('a', ten, 0)).toMatchObject({ fits: true, state: { remaining: 3 } });
    expect(fits('a', ten, 3)).toBe(true);
    expect(limits.take('a', ten, 0)).toMatchObject({ fits: true, state: { remaining: 0 } });
    expect(fits('b', ten, 11)).toBe(false);
    expect(limits.size).toBe(1);
  });

  test('of many takers at once lets exactly the limit through (R54)', () => {
    const { fits } = started();
    const answers = Array.from({ length: 200 }, () => fits('a', { limit: 100, windowSeconds: 60 }));
    expect(answers.filter(Boolean)).toHaveLength(100);
  });

  test('takes an edit at once: raised, the next use passes; lowered, none does; shortened, it may be over', () => {
    const { fits, advance } = started();
    for (let n = 0; n < 10; n += 1) fits('a', ten);
    expect(fits('a', ten)).toBe(false);
    expect(fits('a', { ...ten, limit: 11 })).toBe(true);
    expect(fits('a', { ...ten, limit: 5 })).toBe(false);
    advance(5_000);
    expect(fits('a', { ...ten, windowSeconds: 5 })).toBe(true);
  });
});

describe('memory', () => {
  const short = { limit: 2, windowSeconds: 1 };
  const spent = { limit: 1, windowSeconds: 3_600 };

  test('is given back once windows have ended, without anybody asking about their keys again', () => {
    const { limits, fits, advance } = started();
    for (let n = 0; n < 100_000; n += 1) {
      fits(`key ${n}`, short);
      if (n % 100 === 0) advance(1_000);
    }
    expect(limits.size).toBeLessThan(2_500);
  });

  test('does not grow beyond its bound under a flood of keys, and forgets no window that is used up', () => {
    const { limits, fits } = started(5_000);
    for (let n = 0; n < 2_000; n += 1) expect(fits(`spent ${n}`, spent)).toBe(true);
    for (let n = 0; n < 20_000; n += 1) expect(fits(`flood ${n}`, { ...short, windowSeconds: 3_600 })).toBe(true);
    expect(limits.size).toBeLessThanOrEqual(5_000);
    for (let n = 0; n < 2_000; n += 1) expect(fits(`spent ${n}`, spent)).toBe(false);
  });

  test('that holds nothing but windows which run and are used up refuses further keys until one of them has ended', () => {
    const { limits, fits, advance } = started(2_000);
    for (let n = 0; n < 2_000; n += 1) expect(fits(`spent ${n}`, spent)).toBe(true);
    expect(fits('one more', spent)).toBe(false);
    expect(limits.size).toBe(2_000);
    advance(3_600_000);
    expect(fits('one more', spent)).toBe(true);
  });
});
