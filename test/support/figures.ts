/** What Prometheus reads of one figure. */
export interface Figure {
  readonly help: string;
  readonly type: string;
  /** Each line's name, labels and value. */
  readonly samples: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads Prometheus's text format, version 0.0.4, as strictly as it is written down; throws at what is not in it. */
export function readFigures(text: string): ReadonlyMap<string, Figure> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const figures = new Map<string, { help: string; type: string; samples: Figure['samples'][number][] }>();
  let current: string | null = null;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, of, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined && of !== undefined && rest !== undefined) {
      if (!NAME.test(of)) throw new Error(`${of} is no name`);
      if (kind === 'HELP') {
        if (figures.has(of)) throw new Error(`${of} is told twice`);
        figures.set(of, { help: rest, type: '', samples: [] });
        current = of;
      } else if (current !== of || !/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`TYPE of ${of}: ${line}`);
      else figures.get(of)!.type = rest;
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    const figure = current === null ? undefined : figures.get(current);
    if (name === undefined || !figure || !name.startsWith(current!)) throw new Error(`this line is of nothing: ${line}`);
    figure.samples.push({ name, labels: readLabels(labels), value: readValue(value ?? '') });
  }
  for (const [name, figure] of figures) if (figure.type === 'histogram') assertHistogram(name, figure);
  return figures;
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined || name in labels) throw new Error(`these are no labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

function readValue(text: string): number {
  const value = text === '+Inf' ? Infinity : text === 'Nan' || text === 'NaN' ? NaN : Number(text);
  if (text === '' || (Number.isNaN(value) && !/^nan$/i.test(text))) throw new Error(`${text} is no value`);
  return value;
}

/** Buckets grow up to all, which is the count. */
function assertHistogram(name: string, { samples }: Figure): void {
  const seriesOf = ({ le: _le, ...labels }: Readonly<Record<string, string>>): string => JSON.stringify(labels);
  const buckets = Map.groupBy(
    samples.filter((sample) => sample.name === `${name}_bucket`),
    ({ labels }) => seriesOf(labels),
  );
  for (const [series, inOrder] of buckets) {
    const bounds = inOrder.map(({ labels }) => readValue(labels['le'] ?? ''));
    const counts = inOrder.map(({ value }) => value);
    const ascending = (numbers: readonly number[]): boolean => numbers.every((number, at) => at === 0 || number >= (numbers[at - 1] ?? 0));
    const count = samples.find((sample) => sample.name === `${name}_count` && seriesOf(sample.labels) === series)?.value;
    if (!ascending(bounds) || !ascending(counts) || bounds.at(-1) !== Infinity || counts.at(-1) !== count) {
      throw new Error(`the buckets of ${name} ${series} are no histogram`);
    }
    if (!samples.some((sample) => sample.name === `${name}_sum` && seriesOf(sample.labels) === series))
      throw new Error(`${name} has no sum`);
  }
}
