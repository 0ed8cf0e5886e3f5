import { expect, test } from 'vitest';
import { type Piece, partsOf } from './search';

const piece = (text: string, marks: [number, number][]): Piece => ({ field: 'text', text, start: 0, more: false, marks, own: false });

test('marks count code points, so that a sign of two halves is not cut', () => {
  expect(partsOf(piece('🔥 مخمور اليوم', [[2, 7]]))).toEqual([
    { text: '🔥 ', marked: false },
    { text: 'مخمور', marked: true },
    { text: ' اليوم', marked: false },
  ]);
});

test('a text without marks is one part, and an empty one none', () => {
  expect(partsOf(piece('هجوم', []))).toEqual([{ text: 'هجوم', marked: false }]);
  expect(partsOf(piece('', []))).toEqual([]);
});
