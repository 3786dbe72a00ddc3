import { type Home, type Place, places } from './reachTenant.js';

/**
 * What a key that carries everything reaches, from the text of DESIGN section 1, S3.17 to S3.24 and C20, by hand:
 * `*` its home, `r` one read-only record of what it stands in, `c` a record that an application's key may also edit and
 * delete, `.` nothing: for it that does not exist.
 */
const table = `
      |  O  A  B  A1 A2 B1 GA1 GA2 GB GO1 GO2 F  FA FW FG
  A1  |  r  r  .  *  .  .  .   .   .  .   .   .  .  .  .
  A   |  r  *  .  c  c  .  c   c   .  .   .   .  .  .  .
  GA1 |  r  r  .  .  .  .  *   .   .  .   .   .  .  .  .
  GO1 |  r  .  .  .  .  .  .   .   .  *   .   .  .  .  .
  O   |  *  .  .  .  .  .  .   .   .  .   .   .  .  .  .
`;
export type Cell = '*' | 'r' | 'c' | '.';
const reached = new Map(
  table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => [line.split('|')[0]?.trim(), line.split('|')[1]?.trim().split(/\s+/)] as const),
);
/** What a key at home there has in that place. */
export const cell = (home: Home, place: Place): Cell => reached.get(home)?.[places.indexOf(place)] as Cell;

/** A row of answers, place by place. */
export const rowOf = <T>(make: (place: Place) => T): Record<Place, T> =>
  Object.fromEntries(places.map((place) => [place, make(place)])) as Record<Place, T>;
