import { describe, expect, it } from 'vitest';
import { readPosition } from './position';

const SECONDS = { lat: 357_750_000, lon: 435_800_000, precision: 'degrees' };

describe('positions without the node', () => {
  it('are read in all digits, with how well they are known', () => {
    expect(readPosition('35.77, 43.58')).toMatchObject({ lat: 357_700_000, lon: 435_800_000, precision: 'degrees', accuracy: 788 });
    expect(readPosition('٣٥٫٧٧، ٤٣٫٥٨')).toMatchObject({ lat: 357_700_000, lon: 435_800_000 });
    expect(readPosition('۳۵٫۷۷؛ ۴۳٫۵۸')).toMatchObject({ lat: 357_700_000, lon: 435_800_000 });
    expect(readPosition('35,77; 43,58')).toMatchObject({ lat: 357_700_000, lon: 435_800_000 });
    const square = readPosition('٣٨S le ٤٥٦ ٦٧٢');
    expect(square?.precision).toBe('mgrs');
    expect(square?.accuracy).toBe(71);
    expect((square?.lat ?? 0) / 1e7).toBeCloseTo(35.8, 0);
  });

  it.each([
    `35°46'30"N 43°34'48"E`,
    `43°34'48"E 35°46'30"N`,
    '35° 46′ 30″, 43° 34′ 48″',
    `N35°46'30" E43°34'48"`,
    'شرقاً ٤٣°٣٤′٤٨″ شمالاً ٣٥°٤٦′٣٠″',
    '٣٥°٤٦′٣٠″ شمالاً ٤٣°٣٤′٤٨″ شرقاً',
    '٣٥ درجة و٤٦ دقيقة و٣٠ ثانية شمال، ٤٣ درجة و٣٤ دقيقة و٤٨ ثانية شرق',
    '٣٥ پلە ٤٦ خولەک ٣٠ چرکە باکوور ٤٣ پلە ٣٤ خولەک ٤٨ چرکە ڕۆژهەڵات',
  ])('are read with minutes and seconds: %s', (text) => {
    expect(readPosition(text)).toMatchObject(SECONDS);
  });

  it.each(['', 'مخمور', '95.0, 43.0', '35.77', '38S II 4 6', "35°61'N 43°00'E", '35.77N 43.58N', 'شمال كركوك'])('are not seen in %s', (text) => {
    expect(readPosition(text)).toBeNull();
  });
});
