import { expect, test } from 'vitest';
import { countText } from './crowd';

test('a count is said in the reader’s digits and language', () => {
  expect(countText('340', 'en', 'latn')).toBe('340');
  expect(countText('1.2k', 'en', 'latn')).toBe('1.2k');
  expect(countText('1.2k', 'ar', 'arab')).toBe('١٫٢ ألف');
  expect(countText('15k', 'ckb', 'latn')).toBe('15 هەزار');
});
