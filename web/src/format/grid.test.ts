import { describe, expect, test } from 'vitest';
import { circleAround, dms, fromMgrs, fromUtm, gridSquare, pathLength, readMgrsList, spacedMgrs, toMgrs, toUtm } from './grid';

// Reference values: python mgrs 1.6 (GeoTrans), 2026-11-23.
const KNOWN: [string, number, number, string][] = [
  ['Makhmour', 35.7761, 43.5786, '38S LE 71527 60046'],
  ['Kirkuk', 35.4681, 44.3922, '38S ME 44854 25125'],
  ['Sinjar, another zone', 36.3209, 41.8766, '37S GA 58239 23383'],
  ['Buenos Aires, south', -34.6037, -58.3816, '21H UB 73317 70036'],
];

describe('the grid', () => {
  test.each(KNOWN)('of %s', (_name, lat, lon, reference) => {
    expect(toMgrs(lat, lon)).toBe(reference);
  });
  test('is cut, never rounded, to fewer digits', () => {
    expect(toMgrs(35.7761, 43.5786, 1)).toBe('38S LE 7 6');
    expect(toMgrs(35.7761, 43.5786, 0)).toBe('38S LE');
  });
  test.each(KNOWN)('is read back, of %s, to within half a metre', (_name, lat, lon, reference) => {
    const read = fromMgrs(reference);
    expect(read?.lat).toBeCloseTo(lat, 4);
    expect(read?.lon).toBeCloseTo(lon, 4);
    expect(read?.size).toBe(1);
    expect(fromMgrs(toMgrs(lat, lon, 3))?.size).toBe(100);
  });
  test.each(['', '38S', '38S IE 1 1', '38S LE 123', '61S LE 1 1', '38S AE 1 1', 'Kirkuk'])('refuses %s', (text) => {
    expect(fromMgrs(text)).toBeNull();
  });
  test('is read from a pasted list, in any digits, and names what is no reference', () => {
    const read = readMgrsList('38S LE 71527 60046\n٣٨S LE ٧٤ ٦١، nowhere; 38SLE7562');
    expect(read.points).toHaveLength(3);
    expect(read.bad).toEqual(['nowhere']);
    expect(readMgrsList(' \n')).toEqual({ points: [], bad: [] });
  });
  test('comes back to the degrees that it came from', () => {
    const back = fromUtm(toUtm(36.3209, 41.8766));
    expect(back.lat).toBeCloseTo(36.3209, 8);
    expect(back.lon).toBeCloseTo(41.8766, 8);
  });
  test('squares hold their point and have the size asked for', () => {
    const square = gridSquare(35.7761, 43.5786, 10_000);
    expect(square[0]).toEqual(square[4]);
    expect(pathLength(square)).toBeGreaterThan(39_500);
    expect(pathLength(square)).toBeLessThan(40_500);
    const [sw, , ne] = square;
    expect(sw?.[0]).toBeLessThan(43.5786);
    expect(ne?.[1]).toBeGreaterThan(35.7761);
  });
  test('references are written apart for people', () => {
    expect(spacedMgrs('38SLE45')).toBe('38S LE 4 5');
    expect(spacedMgrs('38SLE4567')).toBe('38S LE 45 67');
    expect(spacedMgrs('38SLE')).toBe('38S LE');
    expect(spacedMgrs('no reference')).toBe('no reference');
  });
  test('a position is written with minutes and seconds, carried where they are full', () => {
    expect(dms(35.7761, 43.5786)).toBe('35°46\'34.0"N 43°34\'43.0"E');
    expect(dms(-34.99999, -58.5)).toBe('35°00\'00.0"S 58°30\'00.0"W');
  });
  test('a circle is as wide as it says', () => {
    const circle = circleAround(35, 44, 5000);
    expect(pathLength(circle) / (2 * Math.PI)).toBeGreaterThan(4950);
    expect(pathLength(circle) / (2 * Math.PI)).toBeLessThan(5050);
  });
});
