import { DatabaseBusy, Turns } from '../../src/database/Turns.js';

/** Works that end when they are told to. */
function works(turns: Turns) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const begin = (number: number): Promise<void> =>
    turns.run(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
  return { begun, ends, begin };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('let so many in at once, and the others in the order in which they came', async () => {
    const turns = new Turns({ atOnce: 2, mostWaiting: 10, waitMs: 10_000 });
    const { begun, ends, begin } = works(turns);
    const all = [1, 2, 3, 4].map(begin);
    await settle();
    expect([begun, turns.busy, turns.waiting]).toEqual([[1, 2], 2, 2]);
    ends[1]!();
    await settle();
    expect(begun).toEqual([1, 2, 3]);
    ends[0]!();
    await settle();
    expect(begun).toEqual([1, 2, 3, 4]);
    for (const end of ends) end();
    await Promise.all(all);
    expect([turns.busy, turns.waiting]).toEqual([0, 0]);
  });

  it('end also where the work fails', async () => {
    const turns = new Turns({ atOnce: 1, mostWaiting: 1, waitMs: 10_000 });
    await expect(turns.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.run(() => Promise.resolve('yes'))).toBe('yes');
  });

  it('send away whoever finds too many waiting, and whoever has waited too long', async () => {
    const turns = new Turns({ atOnce: 1, mostWaiting: 1, waitMs: 20 });
    const { begun, ends, begin } = works(turns);
    const first = begin(1);
    const second = begin(2);
    await expect(begin(3)).rejects.toThrow(DatabaseBusy);
    await expect(second).rejects.toThrow('the database had no turn within 20 ms');
    expect(turns.waiting).toBe(0);
    ends[0]!();
    await first;
    // The turn that was waited for in vain is nobody's: the next has it.
    const fourth = begin(4);
    await settle();
    ends[1]!();
    await fourth;
    expect(begun).toEqual([1, 4]);
  });

  it('are closed: who waits is sent away, who is in is waited for, so long and no longer', async () => {
    const turns = new Turns({ atOnce: 1, mostWaiting: 5, waitMs: 10_000 });
    const { ends, begin } = works(turns);
    const first = begin(1);
    const second = begin(2);
    const late = turns.close(10);
    await expect(second).rejects.toThrow(DatabaseBusy);
    expect(await late).toBe(false);
    const inTime = turns.close(10_000);
    await expect(begin(3)).rejects.toThrow(DatabaseBusy);
    ends[0]!();
    expect(await inTime).toBe(true);
    await first;
    expect(await turns.close(10_000)).toBe(true);
  });
});
