import { describe, expect, test } from 'vitest';
import type { Sheet } from '../../api/gaps';
import { coverKey } from './cover';
import { drawn, inksOf, OUTSIDE, painted, UNSURE } from './paint';

const roster = [{ id: 'coalition' }, { id: 'joc' }, { id: 'mop' }];
const parties = ['joc', 'mop'];
const key = coverKey(parties, roster, false);
const inks = inksOf(key, parties);
const STATES = [0, 1, 2, 3, UNSURE];

function sheet(states: number[], width: number): Sheet {
  return { width, height: states.length / width, bounds: [0, 0, 1, 1], states: Uint8Array.from(states), fresh: [] };
}
const ink = (pixels: Uint8ClampedArray, at: number): string => `#${[...pixels.slice(at * 4, at * 4 + 3)].map((n) => n.toString(16).padStart(2, '0')).join('')}`;

describe('the picture of an hour', () => {
  test('has every state in the colour of the key', () => {
    const pixels = painted(sheet(STATES, STATES.length), { x: 0, y: 0, w: STATES.length, h: 1 }, inks, 1);
    const wanted = [key[0], key.find((one) => one.party === 'joc'), key.find((one) => one.party === 'mop'), key[3], key.at(-1)];
    wanted.forEach((cover, at) => expect(ink(pixels, at)).toBe(cover?.colour));
  });
  test('stays empty outside of the area', () => {
    const pixels = painted(sheet([OUTSIDE, OUTSIDE], 2), { x: 0, y: 0, w: 2, h: 1 }, inks, 1);
    expect(pixels.every((value) => value === 0)).toBe(true);
  });
  test('is the same whether it is painted whole or in parts: patterns go on over the seams', () => {
    const whole = sheet(
      Array.from({ length: 40 * 30 }, (_, i) => STATES[(i * 7) % STATES.length] ?? 0),
      40,
    );
    const all = painted(whole, { x: 0, y: 0, w: 40, h: 30 }, inks, 2);
    const part = painted(whole, { x: 13, y: 5, w: 9, h: 11 }, inks, 2);
    for (let y = 0; y < 11; y++) {
      const from = ((5 + y) * 40 + 13) * 4;
      expect([...part.slice(y * 36, (y + 1) * 36)]).toEqual([...all.slice(from, from + 36)]);
    }
  });
  test('tells states apart by their lines alone: of two states no square of eight looks the same', () => {
    const tiles = key.map((cover) => Array.from({ length: 64 }, (_, i) => Number(drawn(cover.pattern, i % 8, Math.floor(i / 8)))).join(''));
    expect(new Set(tiles).size).toBe(key.length);
    expect(tiles[0]).toContain('1');
    expect(tiles.at(-1)).toContain('1');
  });
});
