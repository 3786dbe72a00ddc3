import { allThere, orElse, whenThere } from '../../src/domain/soon.js';

const fails = (): never => {
  throw new Error('no');
};

describe('what is there already', () => {
  it('is gone on with at once', () => {
    expect(whenThere(1, (one) => one + 1)).toBe(2);
    expect(allThere([1, 2])).toEqual([1, 2]);
    expect(orElse(() => 1, fails)).toBe(1);
    expect(orElse(fails, (error) => (error as Error).message)).toBe('no');
  });

  it('fails at once, where going on with it does', () => {
    expect(() => whenThere(1, fails)).toThrow('no');
  });
});

describe('what comes later', () => {
  it('is gone on with when it has come', async () => {
    await expect(whenThere(Promise.resolve(1), (one) => one + 1)).resolves.toBe(2);
    await expect(allThere([1, Promise.resolve(2)])).resolves.toEqual([1, 2]);
    await expect(orElse(() => Promise.resolve(1), fails)).resolves.toBe(1);
    await expect(
      orElse(
        () => Promise.reject(new Error('no')),
        (error) => (error as Error).message,
      ),
    ).resolves.toBe('no');
  });

  it('rejects, where going on with it fails', async () => {
    await expect(whenThere(Promise.resolve(1), fails)).rejects.toThrow('no');
    await expect(allThere([1, Promise.reject(new Error('no'))])).rejects.toThrow('no');
  });
});
