import { describe, expect, test } from 'vitest';
import type { Gap, GapsAnswer } from '../../api/gaps';
import { ALWAYS, daily } from '../../format/week';
import { countEdits, coveredHours, difference, isEdited, moved, NO_EDITS, openHours, readEdits, toggleClosed, toggleRemoved, undone, withAdded, withHours, withoutAdded, withoutPatrol, withPatrols } from './edits';

const REF = 'joc/018f';

describe('edits', () => {
  test('that lead back to what is stated are none', () => {
    const away = moved(NO_EDITS, REF, [43.6, 35.8], [43.5, 35.7]);
    expect(countEdits(away)).toBe(1);
    expect(moved(away, REF, [43.5, 35.7], [43.5, 35.7])).toEqual(NO_EDITS);
    expect(withHours(withHours(NO_EDITS, REF, daily(6, 18), ALWAYS), REF, ALWAYS, ALWAYS)).toEqual(NO_EDITS);
    expect(toggleClosed(toggleClosed(NO_EDITS, 'b1'), 'b1')).toEqual(NO_EDITS);
    const added = withAdded(NO_EDITS, { party: 'joc', lon: 43.50000049, lat: 35.7 });
    expect(added.add[0]?.lon).toBe(43.5);
    expect(isEdited(withoutAdded(added, 0))).toBe(false);
  });
  test('of one post are undone together, those of others stay', () => {
    let edits = moved(NO_EDITS, REF, [43.6, 35.8], [43.5, 35.7]);
    edits = toggleRemoved(withHours(edits, REF, daily(6, 18), ALWAYS), REF);
    edits = toggleRemoved(edits, 'mop/1');
    expect(undone(edits, REF)).toEqual({ ...NO_EDITS, remove: ['mop/1'] });
  });
  test('do not depend on the order in which bridges were closed', () => {
    expect(toggleClosed(toggleClosed(NO_EDITS, 'b2'), 'b1')).toEqual(toggleClosed(toggleClosed(NO_EDITS, 'b1'), 'b2'));
  });
  test('hold patrols that are thought of, each once', () => {
    const round = { party: 'joc', path: [[43.5, 35.7], [43.6, 35.8]] as [number, number][], width_m: 800, hours: daily(8, 10) };
    const edits = withPatrols(withPatrols(NO_EDITS, [{ ...round, gain_km2h: 3 } as typeof round]), [round]);
    expect(edits.patrols).toEqual([round]);
    expect(countEdits(edits)).toBe(1);
    expect(readEdits(JSON.parse(JSON.stringify(edits)))).toEqual(edits);
    expect(readEdits({ patrols: [{ ...round, hours: '1' }, { ...round, path: [['a', 1]] }] })).toEqual(NO_EDITS);
    expect(isEdited(withoutPatrol(edits, 0))).toBe(false);
  });
  test('kept in a browser come back, and what is no edit does not', () => {
    const edits = withAdded(moved(NO_EDITS, REF, [43.6, 35.8], [43.5, 35.7]), { party: 'joc', lon: 43.5, lat: 35.7 });
    expect(readEdits(JSON.parse(JSON.stringify(edits)))).toEqual(edits);
    expect(readEdits({ move: { a: ['x', 1] }, add: [{ party: 'joc', lon: null, lat: 1 }], hours: { a: '01' }, remove: 'a', close: [1, 'b'] })).toEqual({ ...NO_EDITS, close: ['b'] });
    expect(readEdits(null)).toEqual(NO_EDITS);
  });
});

function answer(open: number, covered: number, gaps: string[]): GapsAnswer {
  return {
    digest: '', engine: '', area: '', grid: { epsg: 32638, cell: 30, rows: 1, cols: 1, bounds: [0, 0, 1, 1] },
    parties: ['joc'], based_on: {}, missing: [], parameters: {},
    classes: [...daily(6, 18)].map(Number),
    hours: [
      { open_km2: open, unknown_km2: 0, covered_km2: { joc: covered }, both_km2: 0 },
      { open_km2: 0, unknown_km2: 1, covered_km2: { joc: 2 * covered }, both_km2: 0 },
    ],
    gaps: gaps.map((id) => ({ id }) as Gap),
  };
}

test('a week is summed over its hours, not over its classes', () => {
  expect(openHours(answer(2, 1, []))).toBe(84 * 2);
  expect(coveredHours(answer(2, 1, []), 'joc')).toBe(84 + 168);
});

test('two answers differ by what each side covers and by the gaps that only one has', () => {
  expect(difference(answer(3, 1, ['a', 'b']), answer(1, 2, ['b', 'c']))).toEqual({
    open: -2 * 84, unknown: 0, byParty: { joc: 252 }, opened: ['c'], closed: ['a'],
  });
});
