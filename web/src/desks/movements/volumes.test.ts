import { describe, expect, test } from 'vitest';
import { evenTimes, firstShape, fromVolume, joinedTimes, keptTimes, near, pointsOf, positionAt, routeTimes, timesWithin, toVolume, type Volume } from './volumes';

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
  test('a time typed at a point stands, and even speed leads to it and from it', () => {
    const points = [[43, 35], [43.1, 35], [43.2, 35], [43.3, 35], [43.4, 35]] as [number, number][];
    const one = { ...firstShape(0), shape: 'route' as const, points, from: 0, to: 10_000, times: [null, null, 8000, null, null] };
    expect(routeTimes(one).map(Math.round)).toEqual([0, 4000, 8000, 9000, 10_000]);
    expect(toVolume({ ...one, times: [null, null, 12_000, null, null] }), 'times that do not rise are no route').toBeNull();
    expect(fromVolume(toVolume(one) ?? {}).times).toEqual([null, 4000, 8000, 9000, null]);
    expect(fromVolume(toVolume({ ...one, times: null }) ?? {}).times, 'even speed is not typed').toBeNull();
    expect(keptTimes(one, [...points, [43.5, 35]]), 'a further point at the end').toEqual([null, null, 8000, null, null, null]);
    expect(keptTimes(one, points.slice(0, 2))).toBeNull();
  });
  test('what crosses the 180th meridian is drawn the shorter way, told within it, and near what lies on either side', () => {
    const across: Volume = { route: [[1799000000, 100000000, 0], [-1799000000, 100000000, 1000]], width_m: 100 };
    const drawn = pointsOf(across);
    expect(drawn[1]?.[0]).toBeCloseTo(180.1, 9);
    expect(positionAt(across, 750)?.[0]).toBeCloseTo(-179.95, 6);
    expect(positionAt(across, 250)?.[0]).toBeCloseTo(179.95, 6);
    expect(toVolume({ ...firstShape(0), shape: 'path', points: drawn })?.path).toEqual([[1799000000, 100000000], [-1799000000, 100000000]]);
    expect(near(drawn, [[-179.95, 9], [-179.9, 11]])).toBe(true);
    expect(near(drawn, [[0, 9], [1, 11]])).toBe(false);
  });
  test('a route is half way at half time, and nowhere before and after', () => {
    expect(positionAt(route, 5 * HOUR)).toEqual([43.5, 35]);
    expect(positionAt(route, 11 * HOUR)).toBeNull();
  });
  test('places of a plan at the same time are one bar', () => {
    expect(joinedTimes([[5, 9], [0, 3], [2, 4], [9, 10]])).toEqual([[0, 4], [5, 10]]);
  });
  test('a repetition is listed within a period only', () => {
    const daily: Volume = { ring: [], window: { from: 0, to: HOUR }, repeat: { every_minutes: 1440, times: 10 } };
    expect(timesWithin(daily, 30 * HOUR, 75 * HOUR)).toEqual([[48 * HOUR, 49 * HOUR], [72 * HOUR, 73 * HOUR]]);
    expect(positionAt({ ...route, repeat: { every_minutes: 1440, times: 2 } }, 29 * HOUR)).toEqual([43.5, 35]);
  });
});
