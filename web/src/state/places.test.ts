import { describe, expect, it } from 'vitest';
import { folded } from './places';

describe('places without the node', () => {
  it('folds the spellings of one name together', () => {
    for (const [one, other] of [
      ['مەخموور', 'مه‌خمور'],
      ['كركوك', 'کرکوک'],
      ['أربيل', 'اربيل'],
      ['زُمّار', 'زمار'],
      ['Makhmûr', 'makhmur'],
      ['هەولێر', 'ههولیر'],
    ] as const) {
      expect(folded(one)).toBe(folded(other));
    }
  });
});
