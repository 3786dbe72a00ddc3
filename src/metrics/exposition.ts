import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import type { Family, Timing } from './figures.js';
import type { Meters, Shown } from './Meters.js';
import { VERSION } from './version.js';

/** One line of a figure, as prom-client writes it. */
interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** The figures and those of the process, in Prometheus's text, when they are asked for. */
export function exposition(meters: Meters): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // Gauges whose names say that they only grow.
  for (const what of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${what}_total`);
  new Gauge({
    name: 'bailiwick_build_info',
    help: 'Always 1: the version that runs, and the Node that it runs on.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: VERSION, node: process.versions.node }, 1);
  const known = new Set<string>();
  const text = registry.metrics.bind(registry);
  // Parts may add figures for as long as the service runs.
  registry.metrics = async () => {
    for (const shown of meters.shown()) {
      if (known.has(shown.name)) continue;
      known.add(shown.name);
      registry.registerMetric(metricOf(shown) as unknown as Metric);
    }
    return text();
  };
  return registry;
}

/** What prom-client asks of a metric. */
const metricOf = (shown: Shown) => ({
  name: shown.name,
  get: () => {
    const type = shown.kind === 'read counter' ? 'counter' : shown.kind;
    return Promise.resolve({ name: shown.name, help: shown.help, type, values: linesOf(shown) });
  },
});

function linesOf(shown: Shown): Line[] {
  switch (shown.kind) {
    case 'gauge':
    case 'read counter':
      return [{ labels: {}, value: shown.read() }];
    case 'counter':
      return membersOf(shown.family).map(({ labels, figure }) => ({ labels, value: figure.value }));
    case 'histogram':
      return membersOf(shown.family).flatMap(({ labels, figure }) => bucketLines(shown.name, labels, figure));
  }
}

/** The figures of a family, each with its labels by name. */
const membersOf = <F>(family: Family<F>): { readonly labels: Readonly<Record<string, string>>; readonly figure: F }[] =>
  family.all().map(({ labels, figure }) => ({
    labels: Object.fromEntries(family.labelNames.map((name, at) => [name, labels[at] ?? ''])),
    figure,
  }));

function bucketLines(name: string, labels: Readonly<Record<string, string>>, { bounds, counts, sum, count }: Timing): Line[] {
  let below = 0;
  const buckets = bounds.map((bound, at) => {
    below += counts[at] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
