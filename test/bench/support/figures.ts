import { median } from '../measure.js';

/** A figure of many rounds: the middle one, and how far the rounds lie apart. */
export interface Figure {
  readonly middle: number;
  readonly least: number;
  readonly most: number;
}

/** The figure of these values, one for each round. */
export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { middle: median(sorted), least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** A line of the table: what was measured, and what is asked of it. */
export interface Line {
  readonly what: string;
  readonly value: string;
  readonly spread: string;
  /** What it must be; empty where nothing is asked. */
  readonly asked: string;
  /** Whether it is; null where nothing is asked. */
  readonly met: boolean | null;
}

const digits = (value: number): number => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
const shown = (value: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits(value), maximumFractionDigits: digits(value) });

/** A line about a figure; `most` and `least` are what is asked of its middle. */
export function line(
  what: string,
  { middle, least, most }: Figure,
  asked: { readonly atLeast?: number; readonly atMost?: number } = {},
): Line {
  const { atLeast, atMost } = asked;
  const bound = atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : '';
  const met = bound === '' ? null : atLeast !== undefined ? middle >= atLeast : middle <= (atMost as number);
  return { what, value: shown(middle), spread: `${shown(least)} to ${shown(most)}`, asked: bound, met };
}

const columns = ['', 'median', 'rounds from to', 'asked', ''] as const;

/** The table as it is printed. */
export function tableOf(lines: readonly Line[]): string {
  const rows = lines.map(({ what, value, spread, asked, met }) => [what, value, spread, asked, met === null ? '' : met ? 'met' : 'MISSED']);
  const all = [[...columns], ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
