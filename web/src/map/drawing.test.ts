import { describe, expect, test } from 'vitest';
import { placeOf, points, UNDRAWN } from './drawing';

const place = { lat: 357761000, lon: 435786000, accuracy: 2000 };
const cell = { lat: 357700000, lon: 435700000, size: 10_000, mgrs: '38SLE76' };

describe('what is drawn of a place', () => {
  test('an exact one is a point with its accuracy', () => {
    expect(placeOf({ place })).toMatchObject({ precision: 'exact', point: [43.5786, 35.7761], accuracy: 2000, square: null });
  });
  test('a coarse one is a square, never a point that claims to be exact', () => {
    const drawn = placeOf({ place_coarse: cell });
    expect(drawn.precision).toBe('coarse');
    expect(drawn.square).toHaveLength(5);
  });
  test('one that was not told is not drawn', () => {
    expect(placeOf({ category: 'raid' })).toEqual(UNDRAWN);
  });
  test('a damaged path gives no points', () => {
    expect(points('nonsense')).toEqual([]);
    expect(points([[435000000, 357000000], 'x', [1]])).toEqual([[43.5, 35.7]]);
  });
});
