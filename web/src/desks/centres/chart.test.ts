import { describe, expect, test } from 'vitest';
import { bars, between, type Box, topOf, xOf, yOf } from './chart';

const BOX: Box = { start: 0, end: 100, top: 10, width: 200, height: 50, mirrored: false };

describe('a week of strength', () => {
  test('stands on the ground and is as high as the strength', () => {
    expect(bars(BOX, [{ from: 10, to: 20, strength: 4 }])).toEqual([{ x: 20, y: 30, width: 20, height: 20 }]);
  });
  test('is mirrored where one reads from the right', () => {
    const mirrored = { ...BOX, mirrored: true };
    expect(bars(mirrored, [{ from: 10, to: 20, strength: 4 }])).toEqual([{ x: 160, y: 30, width: 20, height: 20 }]);
    expect(xOf(mirrored, 0)).toBe(200);
  });
  test('is cut at the edges and leaves out what lies outside', () => {
    expect(bars(BOX, [{ from: -50, to: 10, strength: 1 }, { from: 200, to: 300, strength: 1 }])).toEqual([{ x: 0, y: 45, width: 20, height: 5 }]);
    expect(yOf(BOX, 99)).toBe(0);
  });
  test('shows what is missing between strength and minimum', () => {
    expect(between(BOX, 0, 50, 4, 3)).toEqual({ x: 0, y: 30, width: 100, height: 5 });
  });
  test('has room above all that is shown', () => {
    expect([topOf([]), topOf([4, 2]), topOf([10])]).toEqual([2, 5, 12]);
  });
});
