import { expect, test } from 'vitest';
import type { LonLat } from '../../map/drawing';
import { groundOf, linesOf, ringBetween, stripOf } from './strip';

const south: LonLat[] = [[44, 35], [44.2, 35.02], [44.4, 35]];
const north: LonLat[] = [[44, 35.2], [44.4, 35.2]];

test('the ground between two lines is the same whichever is named first, and is asked for by both', () => {
  expect(stripOf('mop/b', 'joc/a')).toBe(stripOf('joc/a', 'mop/b'));
  expect(linesOf(stripOf('mop/b', 'joc/a'))).toEqual(['joc/a', 'mop/b']);
  expect(linesOf('joc/area')).toBeNull();
  expect(linesOf(null)).toBeNull();
  expect(groundOf('joc/area')).toEqual({ area: 'joc/area' });
  expect(groundOf(stripOf('mop/b', 'joc/a'))).toEqual({ between: ['joc/a', 'mop/b'] });
});

test('its ring never crosses itself, however the lines run', () => {
  for (const other of [north, [...north].reverse()]) {
    const ring = ringBetween(south, other);
    expect(ring).toHaveLength(6);
    expect(ring[3]).toEqual([44.4, 35.2]);
    expect(ring[4]).toEqual([44, 35.2]);
    expect(ring.at(-1)).toEqual(ring[0]);
  }
  expect(ringBetween(south, [])).toEqual([]);
});
