import { Readiness } from '../../src/health/index.js';

const up = { ready: true, says: 'up' };

describe('readiness', () => {
  it('is told part by part, and is there only if every part is', async () => {
    const readiness = new Readiness();
    expect(await readiness.ask()).toEqual({ ready: true, parts: {} });
    readiness.add('database', () => up);
    readiness.add('redis', () => Promise.resolve({ ready: true, says: 'away' }));
    expect(await readiness.ask()).toEqual({ ready: true, parts: { database: 'up', redis: 'away' } });
    readiness.add('lease', () => ({ ready: false, says: 'lapsed' }));
    expect(await readiness.ask()).toEqual({ ready: false, parts: { database: 'up', redis: 'away', lease: 'lapsed' } });
    expect(() => readiness.add('lease', () => up)).toThrow('two parts are called lease');
  });

  it('does not hang on a part that does not answer, nor ask it again while it has not', async () => {
    const readiness = new Readiness();
    let asked = 0;
    let answer: (part: typeof up) => void = () => undefined;
    readiness.add('database', () => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    readiness.add('other', () => up);
    const silent = { ready: false, parts: { database: 'no answer', other: 'up' } };
    expect(await Promise.all([readiness.ask(), readiness.ask(), readiness.ask()])).toEqual([silent, silent, silent]);
    expect(asked).toBe(1);
    const last = readiness.ask();
    answer(up);
    expect(await last).toEqual({ ready: true, parts: { database: 'up', other: 'up' } });
    expect(asked).toBe(1);
    void readiness.ask();
    expect(asked).toBe(2);
    answer(up);
  });

  it('counts a part that throws as away, and tells nothing of what it threw', async () => {
    const readiness = new Readiness();
    readiness.add('database', () => Promise.reject(new Error('mysql://bailiwick:hunter2@db')));
    readiness.add('lease', () => {
      throw new Error('hunter2');
    });
    expect(await readiness.ask()).toEqual({ ready: false, parts: { database: 'away', lease: 'away' } });
  });
});
