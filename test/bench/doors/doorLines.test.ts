import { requestText } from '../client/plan.js';
import { figure, line, tableOf } from '../support/figures.js';
import { doorLines } from './doorLines.js';
import type { Round } from './measureDoors.js';

const round = (rate: number, worked = rate): Round => ({ rate, worked });

test('a door is held against what ran in the same round, so that what disturbs a round disturbs both', () => {
  const rounds = new Map([
    ['bare Apollo', [round(1_000), round(100), round(500)]],
    ['verifyApiKey, SQLite', [round(900), round(80), round(400, 450)]],
  ]);
  const lines = doorLines(rounds);
  const ratio = lines.find(({ what }) => what === 'verifyApiKey, SQLite ÷ bare Apollo');
  expect(ratio).toEqual({ what: expect.any(String), value: '0.80', spread: '0.80 to 0.90', asked: '≥ 0.85', met: false });
  expect(lines[lines.indexOf(ratio!) + 1]).toMatchObject({ what: '  by processor time', value: '0.90', spread: '0.80 to 0.90', met: null });
});

test('what did not run is held against nothing', () => {
  expect(doorLines(new Map([['verifyApiKey, SQLite', [round(900)]]])).map(({ what }) => what)).toEqual([
    'verifyApiKey, SQLite: requests a second',
  ]);
});

test('a figure is the middle of its rounds, and the table says where one misses what is asked', () => {
  expect(figure([3, 1, 2])).toEqual({ middle: 2, least: 1, most: 3 });
  const lines = [
    line('heap', figure([1_017]), { atMost: 1_024 }),
    line('a miss', figure([2.4, 2.5, 2.6]), { atMost: 2 }),
    line('p50', figure([0.5])),
  ];
  expect(tableOf(lines).split('\n')).toEqual([
    '         median   rounds from to    asked',
    'heap      1,017   1,017 to 1,017   ≤ 1024      met',
    'a miss     2.50     2.40 to 2.60      ≤ 2   MISSED',
    'p50        0.50     0.50 to 0.50',
  ]);
});

test('a request is written as it goes over the wire', () => {
  expect(requestText('POST', '/oauth2/introspect', { 'content-type': 'x' }, 'tökén')).toBe(
    'POST /oauth2/introspect HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: x\r\ncontent-length: 7\r\n\r\ntökén',
  );
});
