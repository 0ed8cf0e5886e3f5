import { expect, test } from 'vitest';
import { languageOf } from './text';

test.each([
  ['are you there? الجسر', 'ar', 'en'],
  ['سيارة إسعاف عند الجسر الثاني', 'ckb', 'ar'],
  ['ئەمبوولانس لای پردی دووەم', 'ar', 'ckb'],
  ['نعم', 'ckb', 'ckb'],
  ['نعم', 'en', 'ar'],
  ['۱۰:۳۰', 'ckb', 'ckb'],
  ['10:30', 'ar', 'ar'],
] as const)('%s, on a page in %s, is %s', (text, page, language) => {
  expect(languageOf(text, page)).toBe(language);
});
