import * as fc from 'fast-check';
import type { RateLimit } from '../../src/authority/index.js';
import type { RateLimits } from '../../src/rateLimits/index.js';

/** The naive reference: it remembers every use that ever counted, and looks through all of them. */
class Reference {
  private readonly windows: { start: number; end: number; costs: number[] }[] = [];

  take(now: number, { limit, windowSeconds }: RateLimit, cost: number): { fits: boolean; remaining: number; resetAt: number } {
    const last = this.windows.at(-1);
    const running = last && now < last.end && now < last.start + windowSeconds * 1_000 ? last : undefined;
    const used = (running?.costs ?? []).reduce((sum, each) => sum + each, 0);
    const fits = cost === 0 || used + cost <= limit;
    let window = running;
    if (fits && cost > 0) {
      if (!window) this.windows.push((window = { start: now, end: 0, costs: [] }));
      window.costs.push(cost);
      window.end = window.start + windowSeconds * 1_000;
    }
    const left = limit - used - (fits ? cost : 0);
    return { fits, remaining: Math.max(left, 0), resetAt: window ? window.start + windowSeconds * 1_000 : now };
  }
}

const limit = fc.record({ limit: fc.integer({ min: 1, max: 8 }), windowSeconds: fc.integer({ min: 1, max: 5 }) });
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('take' as const), key: fc.nat(2), cost: fc.integer({ min: 0, max: 9 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('advance' as const), by: fc.oneof(fc.nat(6_000), fc.constantFrom(1, 999, 1_000, 1_001)) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('edit' as const), key: fc.nat(2), limit }) },
);

/** Limits on a clock that is moved by hand. */
export interface Started {
  readonly limits: RateLimits;
  readonly advance: (milliseconds: number) => void;
  readonly now: () => number;
}

/** Holds limits against the reference in 1,000 rows of acts, each on keys of its own. */
export async function answersAsTheReference(start: () => Started): Promise<void> {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(limit, { minLength: 3, maxLength: 3 }), fc.array(command, { maxLength: 60 }), async (drawn, commands) => {
      const { limits, advance, now } = start();
      const settings = [...drawn];
      const references = drawn.map(() => new Reference());
      run += 1;
      for (const each of commands) {
        if (each.act === 'advance') advance(each.by);
        else if (each.act === 'edit') settings[each.key] = each.limit;
        else {
          const [setting, reference] = [settings[each.key]!, references[each.key]!];
          const expected = reference.take(now(), setting, each.cost);
          const { fits, state } = await limits.take(`run ${run} key ${each.key}`, setting, each.cost);
          expect({ fits, remaining: state.remaining, resetAt: state.resetAt.getTime(), limit: state.limit }).toEqual({
            ...expected,
            limit: setting.limit,
          });
        }
      }
    }),
    { numRuns: 1_000 },
  );
}
