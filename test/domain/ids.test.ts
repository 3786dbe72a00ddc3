import fc from 'fast-check';
import { instantOfId, newId, newIdAt } from '../../src/domain/index.js';

describe('an id', () => {
  it('tells the instant of its making, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.constantFrom('key', 'usr', 'log'), (milliseconds, kind) => {
        expect(instantOfId(newIdAt(kind, new Date(milliseconds))).getTime()).toBe(milliseconds);
      }),
    );
  });

  it('that was made just now tells so', () => {
    const before = Date.now();
    const instant = instantOfId(newId('key')).getTime();
    expect(instant).toBeGreaterThanOrEqual(before);
    expect(instant).toBeLessThanOrEqual(Date.now());
  });
});
