import { expect, test } from 'vitest';
import { coverKey, eighths, km2Digits } from './cover';

const roster = [{ id: 'joc' }, { id: 'mop' }, { id: 'coalition' }];

test('no two states share a colour or a pattern, in the light and in the dark', () => {
  for (const dark of [false, true]) {
    for (const parties of [['joc', 'mop'], ['joc', 'mop', 'coalition']]) {
      const key = coverKey(parties, roster, dark);
      expect(new Set(key.map((one) => one.colour)).size).toBe(key.length);
      expect(new Set(key.map((one) => one.pattern)).size).toBe(key.length);
    }
  }
});

test('unknown is always hatched and last, nobody always first', () => {
  const key = coverKey(['mop', 'joc'], roster, false);
  expect(key.map((one) => one.state)).toEqual(['nobody', 'only', 'only', 'both', 'unknown']);
  expect(key.at(-1)?.pattern).toBe('hatch');
  expect(key[1]?.party).toBe('joc');
  expect(coverKey(['mop', 'joc'], [...roster].reverse(), false)).toEqual(key);
});

test('one party alone has no "several of them"', () => {
  expect(coverKey(['joc'], roster, false).map((one) => one.state)).toEqual(['nobody', 'only', 'unknown']);
});

test('the smallest open ground still shows in the calendar, and none shows none', () => {
  expect([0, 0.001, 5, 10].map((value) => eighths(value, 10))).toEqual([0, 1, 4, 8]);
  expect(eighths(3, 0)).toBe(0);
});

test('small areas keep their digits', () => {
  expect([0, 0.25, 12.3, 140].map(km2Digits)).toEqual([0, 2, 1, 0]);
});
