import { isTraced, traceVerification } from '../../src/traces/index.js';
import { registerSdk } from '../support/traces.js';

describe('without an SDK', () => {
  it('nothing is traced, and it is known at the start, so that nothing is put in place', () => {
    expect(isTraced()).toBe(false);
    traceVerification('graphql', 'VALID');
    // One that comes after us is late.
    const { ended } = registerSdk();
    expect(isTraced()).toBe(false);
    traceVerification('graphql', 'VALID');
    expect(ended).toEqual([]);
  });
});
