import { measure, median, table } from '../measure.js';
import { GRANTS, subjects } from './subjects.js';

const turns = Array.from({ length: 2 * GRANTS }, (_, turn) => turn);

test.each(subjects)('$name: the answer that is measured is yes where the person is ADMIN and no where they are VIEWER', ({ run }) => {
  expect(turns.filter((turn) => run(turn))).toEqual(turns.filter((turn) => turn % 2 === 0));
});

test('every subject is measured in the same rounds, and told beside the first', () => {
  const measured = measure(subjects, { rounds: 3, milliseconds: 0 });
  expect(measured.map(({ name }) => name)).toEqual(subjects.map(({ name }) => name));
  expect(measured.every(({ fastest, median: middle, slowest }) => 0 < fastest && fastest <= middle && middle <= slowest)).toBe(true);

  expect(median([1, 2, 30])).toBe(2);
  expect(
    table([
      { name: 'one', median: 10, fastest: 9, slowest: 12 },
      { name: 'another', median: 25, fastest: 25, slowest: 25 },
    ]).split('\n'),
  ).toEqual([
    '          ns/op   × the first   fastest   slowest   spread',
    'one        10.0           1.0       9.0      12.0     30 %',
    'another    25.0           2.5      25.0      25.0      0 %',
  ]);
});
