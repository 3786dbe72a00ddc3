import type { Rows } from '../database/index.js';
import { badInput } from '../domain/index.js';
import { type UsageRange, UsageStore, type UsageSum } from './UsageStore.js';

/** How often a key was used within an hour or a day. */
export interface UsageBucket {
  readonly start: Date;
  readonly verified: number;
  readonly denied: number;
  readonly rateLimited: number;
}

/** What is asked for about one key. */
export interface UsageQuestion {
  readonly apiKeyId: string;
  readonly range: UsageRange;
}

const HOUR_MS = 3_600_000;
const unitMs = { HOUR: HOUR_MS, DAY: 24 * HOUR_MS } as const;
/** Of one key: 41 days by the hour, or almost three years by the day. */
const MOST_BUCKETS = 1_000;
/** Of all keys that are asked about together. */
const MOST_TOGETHER = 20_000;
/** The largest number that GraphQL's Int holds. */
const LARGEST = 2 ** 31 - 1;

/** Checks the arguments of `usage` and widens them to whole units of UTC. */
export function usageRange(from: Date, to: Date, unit: 'HOUR' | 'DAY'): UsageRange {
  if (from >= to) throw badInput('to', 'to must be after from.');
  const length = unitMs[unit];
  const [first, end] = [Math.floor(from.getTime() / length) * length, Math.ceil(to.getTime() / length) * length];
  if ((end - first) / length > MOST_BUCKETS) {
    throw badInput('from', `from and to must span at most ${MOST_BUCKETS} ${unit.toLowerCase()}s: ask for a shorter time, or by the day.`);
  }
  return { from: new Date(first), to: new Date(end), unit };
}

/** How often keys were used, for loaders: one statement for each range that is asked about, whatever the number of keys. */
export async function usageOf(rows: Rows, questions: readonly UsageQuestion[]): Promise<UsageBucket[][]> {
  const together = questions.reduce((sum, { range }) => sum + bucketsIn(range), 0);
  if (together > MOST_TOGETHER) {
    throw badInput(
      'from',
      `The usage of so many keys makes more than ${MOST_TOGETHER} buckets: ask for fewer keys, or for a shorter time.`,
    );
  }
  const store = new UsageStore(rows);
  const byRange = Map.groupBy(questions, ({ range }) => JSON.stringify(range));
  const found = new Map<UsageQuestion, UsageBucket[]>();
  for (const asked of byRange.values()) {
    const range = asked[0]?.range;
    if (!range) continue;
    const sums = await store.sums([...new Set(asked.map(({ apiKeyId }) => apiKeyId))], range);
    const byKey = Map.groupBy(sums, ({ apiKeyId }) => apiKeyId);
    for (const question of asked) found.set(question, filledIn(range, byKey.get(question.apiKeyId) ?? []));
  }
  return questions.map((question) => found.get(question) ?? []);
}

const bucketsIn = ({ from, to, unit }: UsageRange): number => (to.getTime() - from.getTime()) / unitMs[unit];

/** Every unit of the range, those without a use as well. */
function filledIn(range: UsageRange, sums: readonly UsageSum[]): UsageBucket[] {
  const byStart = new Map(sums.map((sum) => [sum.start.getTime(), sum]));
  return Array.from({ length: bucketsIn(range) }, (_, index) => {
    const start = new Date(range.from.getTime() + index * unitMs[range.unit]);
    const { verified = 0, denied = 0, rateLimited = 0 } = byStart.get(start.getTime()) ?? {};
    return { start, verified: told(verified), denied: told(denied), rateLimited: told(rateLimited) };
  });
}

const told = (count: number): number => Math.min(count, LARGEST);
