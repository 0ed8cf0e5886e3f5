import { describe, expect, test } from 'vitest';
import type { PictureObject } from '../api/types';
import { apply, byTime, known, NOTHING } from './objects';

const object = (ref: string, seq: number, more: Partial<PictureObject> = {}): PictureObject => ({
  seq, ref, kind: 'incident', party: 'joc', id: ref, circle: 'c', about: null, at: seq, said: seq,
  label: { policy: 'JOINT', classification: 'RESTRICTED', tlp: 'AMBER', to: [] },
  exercise: true, fields: {}, own: null, versions: 1, tells: 0, erased: false, epoch: 1, index: seq, outside: false, ...more,
});

describe('the picture', () => {
  test('takes a changed object in place of the earlier one', () => {
    const first = apply(NOTHING, 0, [object('joc/a', 1), object('joc/b', 2)]);
    const next = apply(first.objects, first.seq, [object('joc/a', 3, { tells: 1 })]);
    expect(next.objects.size).toBe(2);
    expect(next.objects.get('joc/a')?.tells).toBe(1);
    expect(next.changed).toEqual(['joc/a']);
    expect(next.seq).toBe(3);
  });
  test('drops what is older than what it holds, so page and stream may overlap', () => {
    const held = apply(NOTHING, 0, [object('joc/a', 5, { versions: 2 })]);
    const again = apply(held.objects, held.seq, [object('joc/a', 4), object('joc/a', 5)]);
    expect(again.objects).toBe(held.objects);
    expect(again.changed).toEqual([]);
    expect(again.objects.get('joc/a')?.versions).toBe(2);
  });
  test('resumes after the highest seq seen, whatever the order', () => {
    const held = apply(NOTHING, 0, [object('joc/b', 9), object('joc/a', 7)]);
    expect(held.seq).toBe(9);
    expect(apply(held.objects, held.seq, []).seq).toBe(9);
  });
  test('knows of its own what the circle was not told', () => {
    const own = object('joc/a', 1, { fields: { category: 'raid' }, own: { place: { lat: 1, lon: 2, accuracy: 3 } } });
    expect(Object.keys(known(own))).toEqual(['category', 'place']);
    expect(own.fields).not.toHaveProperty('place');
  });
  test('is listed newest first, the later said first where the times are equal', () => {
    const rows = [object('a', 1, { at: 5 }), object('b', 2, { at: 9 }), object('c', 3, { at: 5 })];
    expect(rows.sort(byTime).map((o) => o.ref)).toEqual(['b', 'c', 'a']);
  });
});
