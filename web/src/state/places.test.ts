import { describe, expect, it } from 'vitest';
import { folded, readPosition } from './places';

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

  it('reads degrees and MGRS in all digits, and says how well they are known', () => {
    expect(readPosition('35.77, 43.58')).toMatchObject({ lat: 357_700_000, lon: 435_800_000, precision: 'degrees', accuracy: 557 });
    expect(readPosition('٣٥٫٧٧، ٤٣٫٥٨')).toMatchObject({ lat: 357_700_000, lon: 435_800_000 });
    const square = readPosition('38S LE 456 672');
    expect(square?.precision).toBe('mgrs');
    expect(square?.accuracy).toBe(71);
    expect((square?.lat ?? 0) / 1e7).toBeCloseTo(35.8, 0);
  });

  it.each(['', 'مخمور', '95.0, 43.0', '35.77', '38S II 4 6'])('takes %s for no position', (text) => {
    expect(readPosition(text)).toBeNull();
  });
});
