import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { coverKey } from './cover';
import { drawn, legendOf, NODE_OPEN, NODE_PARTIES, NODE_SEVERAL, NODE_UNSURE, repaint, type Rgb } from './paint';

const roster = [{ id: 'coalition' }, { id: 'joc' }, { id: 'mop' }];
const parties = ['mop', 'joc'];
const key = coverKey(parties, roster, false);
const legend = legendOf(key, parties);

function sheet(colours: Rgb[], width: number, rows: number, alpha = 115): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(colours.length * width * rows * 4);
  colours.forEach((colour, block) => {
    for (let i = 0; i < width * rows; i++) pixels.set([...colour, alpha], (block * width * rows + i) * 4);
  });
  return pixels;
}
const ink = (pixels: Uint8ClampedArray, at: number): string => `#${[...pixels.slice(at * 4, at * 4 + 3)].map((n) => n.toString(16).padStart(2, '0')).join('')}`;

describe('the picture of an hour', () => {
  test('has every party in the colour that it has on the desks, in whatever order the node painted them', () => {
    const pixels = sheet([NODE_OPEN, NODE_PARTIES[0] ?? NODE_OPEN, NODE_PARTIES[1] ?? NODE_OPEN, NODE_SEVERAL, ...NODE_UNSURE], 16, 16);
    repaint(pixels, 16, legend, 1);
    const wanted = [key[0], key.find((one) => one.party === 'mop'), key.find((one) => one.party === 'joc'), key[3], key.at(-1), key.at(-1)];
    wanted.forEach((cover, block) => expect(ink(pixels, block * 256)).toBe(cover?.colour));
  });
  test('is read though its colours were rounded on the way', () => {
    const pixels = sheet([[NODE_OPEN[0] - 2, NODE_OPEN[1] + 1, NODE_OPEN[2] + 2]], 8, 8);
    repaint(pixels, 8, legend, 1);
    expect(ink(pixels, 0)).toBe(key[0]?.colour);
  });
  test('stays empty outside of the area', () => {
    const pixels = sheet([[0, 0, 0]], 8, 8, 0);
    repaint(pixels, 8, legend, 1);
    expect(pixels.every((value) => value === 0)).toBe(true);
  });
  test('tells states apart by their lines alone: of two states no square of eight looks the same', () => {
    const tiles = key.map((cover) => Array.from({ length: 64 }, (_, i) => Number(drawn(cover.pattern, i % 8, Math.floor(i / 8)))).join(''));
    expect(new Set(tiles).size).toBe(key.length);
    expect(tiles[0]).toContain('1');
    expect(tiles.at(-1)).toContain('1');
  });
});

test('the colours are those of the node', () => {
  const source = readFileSync(new URL('../../../../src/tansiq/gaps/picture.py', import.meta.url), 'utf8');
  const said = [...source.matchAll(/\((\d+), (\d+), (\d+), (\d+)\)/g)].map((found) => found.slice(1, 4).map(Number));
  for (const colour of [NODE_OPEN, NODE_SEVERAL, ...NODE_UNSURE, ...NODE_PARTIES]) expect(said).toContainEqual([...colour]);
});
