import { describe, expect, test } from 'vitest';
import { evenTimes, firstShape, fromVolume, positionAt, timesWithin, toVolume, type Volume } from './volumes';

const HOUR = 3_600_000;
const route: Volume = { route: [[430000000, 350000000, 0], [440000000, 350000000, 10 * HOUR]], width_m: 200 };

describe('ground and time of a plan', () => {
  test('a drawing that lacks something is no volume yet', () => {
    const one = firstShape(0);
    expect(toVolume(one)).toBeNull();
    expect(toVolume({ ...one, points: [[43, 35], [43.1, 35]] })).toBeNull();
    expect(toVolume({ ...one, points: [[43, 35], [43.1, 35], [43, 35.1]], to: one.from })).toBeNull();
  });
  test('what is drawn, told and drawn again is the same', () => {
    const drawn = { ...firstShape(0), shape: 'path' as const, points: [[43, 35], [43.1, 35.2]] as [number, number][], low: 300, high: 900, everyMinutes: 1440, count: 3 };
    const volume = toVolume(drawn);
    expect(volume).toMatchObject({ path: [[430000000, 350000000], [431000000, 352000000]], width_m: 500, repeat: { every_minutes: 1440, times: 3 } });
    expect(fromVolume(volume ?? {})).toEqual(drawn);
  });
  test('times of a route rise even where it halts', () => {
    expect(evenTimes([[43, 35], [43, 35], [43.1, 35]], 1000, 5000)).toEqual([1000, 1001, 5000]);
  });
  test('a route is half way at half time, and nowhere before and after', () => {
    expect(positionAt(route, 5 * HOUR)).toEqual([43.5, 35]);
    expect(positionAt(route, 11 * HOUR)).toBeNull();
  });
  test('a repetition is listed within a period only', () => {
    const daily: Volume = { ring: [], window: { from: 0, to: HOUR }, repeat: { every_minutes: 1440, times: 10 } };
    expect(timesWithin(daily, 30 * HOUR, 75 * HOUR)).toEqual([[48 * HOUR, 49 * HOUR], [72 * HOUR, 73 * HOUR]]);
    expect(positionAt({ ...route, repeat: { every_minutes: 1440, times: 2 } }, 29 * HOUR)).toEqual([43.5, 35]);
  });
});
