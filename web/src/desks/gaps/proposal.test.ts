import { expect, test } from 'vitest';
import { ALWAYS, daily } from '../../format/week';
import { NO_EDITS } from './edits';
import { editsOf, proposalFields, THOUGHT_OF } from './proposal';

const EDITS = {
  move: { 'joc/1': [43.6, 35.8] as [number, number] },
  add: [
    { party: 'mop', lon: 43.5, lat: 35.7, ...THOUGHT_OF },
    { party: 'joc', lon: 43.6, lat: 35.9, height_m: 4, range_day_m: 3000, range_night_m: 900, hours: daily(6, 18) },
  ],
  remove: ['mop/2'],
  hours: { 'joc/1': daily(6, 18), 'joc/3': ALWAYS },
  close: ['bridge'],
  patrols: [{ party: 'joc', path: [[43.5, 35.7], [43.6, 35.8]] as [number, number][], width_m: 800, hours: daily(8, 10) }],
};

test('a what-if becomes the fields of a record, in whole numbers, without what is already so', () => {
  const fields = proposalFields(EDITS, 'joc/area', 'a'.repeat(64), null, { 'joc/1': ALWAYS, 'joc/3': ALWAYS });
  expect(fields).toEqual({
    area: 'joc/area',
    moved: [{ ref: 'joc/1', lat: 358_000_000, lon: 436_000_000 }],
    added: [
      { party: 'mop', lat: 357_000_000, lon: 435_000_000, ...THOUGHT_OF },
      { party: 'joc', lat: 359_000_000, lon: 436_000_000, height_m: 4, range_day_m: 3000, range_night_m: 900, hours: { spans: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 360, to: 1080 }], offset: 180 } },
    ],
    patrols: [
      { party: 'joc', path: [[435_000_000, 357_000_000], [436_000_000, 358_000_000]], width_m: 800, hours: { spans: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 480, to: 600 }], offset: 180 } },
    ],
    removed: ['mop/2'],
    retimed: [{ ref: 'joc/1', hours: { spans: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 360, to: 1080 }], offset: 180 } }],
    closed: ['bridge'],
    answer_before: 'a'.repeat(64),
  });
});

test('a proposal comes back as the edits that it was made of', () => {
  expect(editsOf(proposalFields(EDITS, 'joc/area', null, null, {}))).toEqual(EDITS);
  expect(editsOf({})).toEqual(NO_EDITS);
  expect(proposalFields(NO_EDITS, 'joc/area', null, 'x', {})).toEqual({ area: 'joc/area' });
});
