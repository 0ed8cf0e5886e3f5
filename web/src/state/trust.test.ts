import { describe, expect, test } from 'vitest';
import type { LedgerView, PictureObject } from '../api/types';
import { ackOf, disproven } from './trust';

const at = (index: number, said = 0): PictureObject => ({ index, said }) as PictureObject;
const ledger = (proven: [number, number][] = []): LedgerView =>
  ({ reach: { sent: 8, held: 6, acknowledged: 3 }, proven }) as unknown as LedgerView;

describe('acknowledgement of a row', () => {
  test.each([
    [0, 'acknowledged'],
    [2, 'acknowledged'],
    [3, 'held'],
    [5, 'held'],
    [6, 'sent'],
    [7, 'sent'],
    [8, 'unsent'],
  ] as const)('entry %i is %s', (index, state) => expect(ackOf(at(index), ledger())).toBe(state));
});

describe('a claimed time', () => {
  const stairs = ledger([
    [4, 1000],
    [9, 2000],
  ]);
  test('is disproven by the first head that covers the entry', () => {
    expect(disproven(at(3, 1001), stairs)).toBe(true);
    expect(disproven(at(4, 1001), stairs)).toBe(false);
    expect(disproven(at(4, 2001), stairs)).toBe(true);
  });
  test('is not judged where nobody covers it, or where the bounds sent begin later', () => {
    expect(disproven(at(9, 9999), stairs)).toBe(false);
    expect(disproven(at(0, 9999), stairs)).toBe(false);
    expect(disproven(at(0, 9999), ledger())).toBe(false);
  });
});
