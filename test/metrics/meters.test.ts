import { exposition, Meters } from '../../src/metrics/index.js';
import { readFigures } from '../support/figures.js';

const told = async (meters: Meters) => readFigures(await exposition(meters).metrics());

describe('figures', () => {
  it('are counted, read and timed, and told as Prometheus reads them', async () => {
    const meters = new Meters();
    const count = meters.counter('bailiwick_things_total', 'Things.');
    const kinds = meters.counters('bailiwick_kinds_total', 'Things by "kind",\nand more \\ so.', 'kind');
    let depth = 3;
    meters.gauge('bailiwick_depth', 'How many wait.', () => depth);
    meters.gauge('bailiwick_read_total', 'Counted elsewhere.', () => 7);
    const took = meters.timings('bailiwick_took_seconds', 'How long.', 'what');
    count.add();
    count.add(4);
    kinds.of('a "quoted" \\ one\nof two lines').add();
    depth = 5;
    for (const seconds of [0.000_01, 0.000_05, 0.000_06, 0.3, 60]) took.of('it').observe(seconds);

    const figures = await told(meters);
    expect(figures.get('bailiwick_things_total')).toMatchObject({ type: 'counter', samples: [{ value: 5 }] });
    expect(figures.get('bailiwick_kinds_total')?.samples[0]).toMatchObject({
      value: 1,
      labels: { kind: 'a \\"quoted\\" \\\\ one\\nof two lines' },
    });
    expect(figures.get('bailiwick_depth')).toMatchObject({ type: 'gauge', samples: [{ value: 5 }] });
    expect(figures.get('bailiwick_read_total')).toMatchObject({ type: 'counter', samples: [{ value: 7 }] });
    const samples = figures.get('bailiwick_took_seconds')!.samples;
    const bucket = (le: string): number | undefined => samples.find(({ labels }) => labels['le'] === le)?.value;
    // A bound is of its own bucket; what is beyond all of them is in the last.
    expect([bucket('0.00005'), bucket('0.0001'), bucket('0.25'), bucket('0.5'), bucket('10'), bucket('+Inf')]).toEqual([2, 3, 3, 4, 4, 5]);
    expect(samples.find(({ name }) => name.endsWith('_sum'))?.value).toBeCloseTo(60.300_12, 5);
  });

  it('stay few, whatever somebody makes a label of', async () => {
    const meters = new Meters();
    const family = meters.counters('bailiwick_wild_total', 'By something that callers choose.', 'what');
    for (let n = 0; n < 10_000; n += 1) family.of(`made up ${n}`).add();
    const { samples } = (await told(meters)).get('bailiwick_wild_total')!;
    expect(samples.length).toBeLessThanOrEqual(501);
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(10_000);
  });

  it('have names that are ours, and each its own', () => {
    const meters = new Meters();
    expect(() => meters.counter('bailiwick_verifications_total', 'Again.')).toThrow('cannot be the name of a figure');
    for (const name of ['things_total', 'bailiwick_Things', 'bailiwick_things{a="b"}']) {
      expect(() => meters.counter(name, 'No.')).toThrow('cannot be the name of a figure');
    }
  });

  it('also those that are added once they have been told', async () => {
    const meters = new Meters();
    const registry = exposition(meters);
    await registry.metrics();
    meters.counter('bailiwick_late_total', 'Late.').add();
    expect(readFigures(await registry.metrics()).get('bailiwick_late_total')?.samples).toEqual([
      { name: 'bailiwick_late_total', labels: {}, value: 1 },
    ]);
  });
});
