import { figure, type Line, line } from '../support/figures.js';
import type { Round } from './measureDoors.js';

/** What a door must reach beside whom. */
const asked = [
  { door: 'verifyApiKey, SQLite', beside: 'bare Apollo', atLeast: 0.85 },
  { door: 'verifyApiKey, MariaDB', beside: 'bare Apollo', atLeast: 0.85 },
  { door: '/oauth2/introspect, SQLite', beside: 'bare Fastify JSON', atLeast: 0.6 },
  { door: '/verify, SQLite', beside: 'bare Fastify JSON', atLeast: 0.7 },
] as const;

/** Times that our fastest door must do what they do. */
const others = [{ beside: 'better-auth', atLeast: 20 }, { beside: 'oidc-provider', atLeast: 4 }, { beside: 'Apollo with bcrypt' }] as const;

/** The table's lines: requests a second of all, then the ratios of what ran in the same round. */
export function doorLines(rounds: ReadonlyMap<string, readonly Round[]>): Line[] {
  const rates = [...rounds].map(([name, all]) => line(`${name}: requests a second`, figure(all.map(({ rate }) => rate))));
  return [...rates, ...ratios(rounds)];
}

function ratios(rounds: ReadonlyMap<string, readonly Round[]>): Line[] {
  const ratio = (of: string, beside: string, by: 'rate' | 'worked'): number[] => {
    const base = rounds.get(beside) ?? [];
    return (rounds.get(of) ?? []).flatMap((round, index) => {
      const against = base[index];
      return against ? [round[by] / against[by]] : [];
    });
  };
  const both = (of: string, beside: string, atLeast?: number): Line[] => [
    line(`${of} ÷ ${beside}`, figure(ratio(of, beside, 'rate')), atLeast === undefined ? {} : { atLeast }),
    line('  by processor time', figure(ratio(of, beside, 'worked'))),
  ];
  const known = (...names: readonly string[]): boolean => names.every((name) => rounds.has(name));
  const lines = asked.flatMap(({ door, beside, atLeast }) => (known(door, beside) ? both(door, beside, atLeast) : []));
  const fastest = fastestOf(rounds);
  if (fastest === null) return lines;
  return [
    ...lines,
    ...others.flatMap((other) => (known(other.beside) ? both(fastest, other.beside, 'atLeast' in other ? other.atLeast : undefined) : [])),
  ];
}

const verifying = /^(verifyApiKey,|\/oauth2|\/verify)/;

/** The door that answers most requests a second. */
function fastestOf(rounds: ReadonlyMap<string, readonly Round[]>): string | null {
  const ours = [...rounds].filter(([name]) => verifying.test(name));
  const [best] = ours.toSorted(([, a], [, b]) => figure(b.map(({ rate }) => rate)).middle - figure(a.map(({ rate }) => rate)).middle);
  return best?.[0] ?? null;
}
