import { expect, test } from 'vitest';
import { groupedNumber, inDigits, latinDigits } from './digits';
import { searchable } from './text';

test('digits are shown in the chosen set and read in all three', () => {
  expect(inDigits('38: 2020', 'arab')).toBe('٣٨: ٢٠٢٠');
  expect(inDigits('38', 'latn')).toBe('38');
  expect(latinDigits('٣٥٫٧ ۳۵ 35')).toBe('35٫7 35 35');
});

test('large numbers are grouped', () => {
  expect(groupedNumber(12_400, 'latn')).toBe('12,400');
  expect(groupedNumber(1_234_567, 'arab')).toBe('١٬٢٣٤٬٥٦٧');
  expect(groupedNumber(999, 'latn')).toBe('999');
});

test('search sees one word in the many ways in which keyboards write it', () => {
  expect(searchable('كركوك')).toBe(searchable('کرکوک'));
  expect(searchable('مەخموور')).toBe(searchable('مه‌خموور'));
  expect(searchable('أربيل')).toBe(searchable('اربيل'));
  expect(searchable('هەولێر')).toBe(searchable('ھەولێر'));
  expect(searchable('الموقف ٣')).toBe(searchable('الموقف 3'));
});
