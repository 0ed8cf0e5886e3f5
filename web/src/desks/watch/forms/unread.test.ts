import { describe, expect, it } from 'vitest';
import { unread, wholeNumber } from './unread';

describe('what stands in a form and is no value', () => {
  it.each([
    [{ 'when.quick': '25:99' }, { when: null }, 'when'],
    [{ 'when.day': '2020-02-30', 'when.time': '10:00' }, { when: null }, 'when'],
    [{ 'known_at.typed': 'half past' }, { known_at: null }, 'known_at'],
    [{ 'killed.min': 'about three' }, { killed: null }, 'killed'],
    [{ 'wounded.min': '2', 'wounded.max': 'many' }, { wounded: { min: 2, max: 2 } }, 'wounded'],
    [{ accuracy: '1.5' }, { place: { accuracy: 500 } }, 'accuracy'],
  ])('is named: %o', (raw, fields, name) => {
    expect(unread({ raw, fields })).toBe(name);
  });

  it.each([
    [{}, {}],
    [{ 'when.quick': '-15' }, { when: { from: 1, to: null } }],
    [{ 'when.day': ' ', 'when.time': '' }, { when: null }],
    [{ 'killed.min': '٣', 'killed.max': '۵', accuracy: '٨٠٠' }, { killed: { min: 3, max: 5 } }],
    [{ 'known_at.typed': '' }, { known_at: null }],
  ])('is none: %o', (raw, fields) => {
    expect(unread({ raw, fields })).toBeNull();
  });

  it('numbers are whole, of all three sets of digits', () => {
    expect([' 12 ', '٣', '۳', '1.5', '-1', '', '1234567'].map(wholeNumber)).toEqual([12, 3, 3, null, null, null, null]);
  });
});
