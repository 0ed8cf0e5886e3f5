import { expect, test } from 'vitest';
import { densityInks, densityKey } from './density';
import { OUTSIDE, UNSURE } from './paint';

test('no two bands share a colour or a pattern', () => {
  for (const dark of [false, true]) {
    const key = densityKey(dark);
    expect(new Set(key.map((one) => one.colour)).size).toBe(key.length);
    expect(new Set(key.map((one) => one.pattern)).size).toBe(key.length);
  }
});

test('every share has the ink of its band, and what is next to nothing or outside has none', () => {
  const inks = densityInks(densityKey(false));
  expect(new Set([5, 25, 50, 75].map((state) => inks[state])).size).toBe(4);
  for (const [low, high] of [[5, 24], [25, 49], [50, 74], [75, 100]] as const) expect(inks[low]).toBe(inks[high]);
  for (const none of [0, 4, OUTSIDE, UNSURE]) expect(inks[none]).toBeNull();
});
