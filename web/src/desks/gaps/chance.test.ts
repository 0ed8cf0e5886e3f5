import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chanceInks, chanceKey, FROM } from './chance';
import { OUTSIDE, UNSURE } from './paint';

test('no two bands share a colour or a pattern', () => {
  for (const dark of [false, true]) {
    const key = chanceKey(dark);
    expect(new Set(key.map((one) => one.colour)).size).toBe(key.length);
    expect(new Set(key.map((one) => one.pattern)).size).toBe(key.length);
  }
});

test('every per cent has the ink of its band, unknown ground its own, and what lies outside none', () => {
  const inks = chanceInks(chanceKey(false));
  expect(new Set([0, 5, 50, 95, UNSURE].map((state) => inks[state])).size).toBe(5);
  for (const [low, high] of [[0, 4], [5, 49], [50, 94], [95, 100]] as const) expect(inks[low]).toBe(inks[high]);
  expect(inks[OUTSIDE]).toBeNull();
  expect(inks[101]).toBeNull();
});

test('the bands are those of the node', () => {
  const source = readFileSync(new URL('../../../../src/tansiq/gaps/picture.py', import.meta.url), 'utf8');
  const bands = source.slice(source.indexOf('SEEN'), source.indexOf('STRIPE'));
  expect([...bands.matchAll(/^ {4}\((\d+), /gm)].map(([, least]) => Number(least))).toEqual(FROM.map(([least]) => least));
});
