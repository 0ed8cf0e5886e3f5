import { describe, expect, it } from 'vitest';
import { radioMoment } from './moment';

const at = (day: number, hour: number, minute: number): number => new Date(2020, 9, day, hour, minute).getTime();
const NOW = at(9, 14, 20) + 31_000;

describe('a time as it is said on the radio', () => {
  it.each<[string, number | null]>([
    ['', at(9, 14, 20)],
    ['14:05', at(9, 14, 5)],
    ['1405', at(9, 14, 5)],
    ['١٤٠٥', at(9, 14, 5)],
    ['۹:۰۵', at(9, 9, 5)],
    ['14:28', at(9, 14, 28)],
    ['23:50', at(8, 23, 50)],
    ['-15', at(9, 14, 5)],
    ['١٥-', at(9, 14, 5)],
    ['−2h', at(9, 12, 20)],
    ['-2 س', at(9, 12, 20)],
    ['-2ک', at(9, 12, 20)],
    ['أمس 22:10', at(8, 22, 10)],
    ['دوێنێ ٢٢:١٠', at(8, 22, 10)],
    ['yesterday 2210', at(8, 22, 10)],
    ['today 23:50', at(9, 23, 50)],
    ['2020-10-01 08:00', at(1, 8, 0)],
    ['2020-02-30 08:00', null],
    ['25:00', null],
    ['14:61', null],
    ['-15x', null],
    ['later', null],
    ['14', null],
  ])('%s', (text, meant) => {
    expect(radioMoment(text, NOW)).toBe(meant);
  });

  it('is never later than a few minutes from now where no day is said', () => {
    for (let hour = 0; hour < 24; hour++) {
      for (let minute = 0; minute < 60; minute++) {
        const meant = radioMoment(`${hour}:${String(minute).padStart(2, '0')}`, NOW);
        expect(meant).not.toBeNull();
        expect(meant ?? Infinity).toBeLessThanOrEqual(NOW + 600_000);
        expect(meant ?? 0).toBeGreaterThan(NOW - 25 * 3_600_000);
      }
    }
  });
});
