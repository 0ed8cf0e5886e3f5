import { describe, expect, test } from 'vitest';
import { dayAfter, dutiesOf, HOUR, PATTERNS, type Pattern, shiftsOf, tableOf } from './shifts';

const START = new Date(2021, 5, 1).getTime();

describe('a table of shifts', () => {
  test.each(Object.keys(PATTERNS) as Pattern[])('of %s hours gives the duties that give it back', (pattern) => {
    const cells = Array.from({ length: 7 }, (_, day) => Array.from({ length: shiftsOf(pattern) }, (_, shift) => (day === 3 && shift === 0 ? null : day + shift)));
    const duties = dutiesOf(START, pattern, cells, 'liaison');
    expect(duties).toHaveLength(7 * shiftsOf(pattern) - 1);
    expect(tableOf(duties)).toEqual({ start: START, pattern, days: 7, cells, role: 'liaison', left: [] });
  });
  test('shifts of a day follow each other without a hole', () => {
    const [one, two, three] = dutiesOf(START, '12', [[1, 2], [3]], 'duty_officer');
    expect([one?.from, one?.to, two?.to]).toEqual([START + 8 * HOUR, two?.from, three?.from]);
    expect(one).not.toHaveProperty('role');
  });
  test('nobody on duty is said, an empty cell is not', () => {
    expect(dutiesOf(START, '24', [[0], [null]], 'guard')).toEqual([{ from: START + 8 * HOUR, to: dayAfter(START, 1) + 8 * HOUR, strength: 0, role: 'guard' }]);
  });
  test('what does not fit the table is kept beside it', () => {
    const duties = dutiesOf(START, '12', [[4, 4]], 'duty_officer');
    const odd = { from: START + HOUR, to: START + 2 * HOUR, strength: 1 };
    expect(tableOf([...duties, odd])?.left).toEqual([odd]);
    expect(tableOf([odd])).toBeNull();
  });
});
