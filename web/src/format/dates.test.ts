import { describe, expect, test } from 'vitest';
import { clockTime, dateTime, dayDate, isoDay, monthDate, parseDayTime, weekday } from './dates';

const at = new Date(2020, 9, 9, 14, 2, 7).getTime();

describe('dates', () => {
  test('are written with the months that Iraq uses', () => {
    expect(dayDate(at, { lang: 'en', digits: 'latn' })).toBe('9 October 2020');
    expect(dayDate(at, { lang: 'ar', digits: 'arab' })).toBe('٩ تشرين الأول ٢٠٢٠');
    expect(dayDate(at, { lang: 'ckb', digits: 'arab' })).toBe('٩ی تشرینی یەکەمی ٢٠٢٠');
    expect(monthDate(new Date(2021, 0, 1).getTime(), { lang: 'ar', digits: 'latn' })).toBe('كانون الثاني 2021');
    expect(monthDate(new Date(2021, 0, 1).getTime(), { lang: 'ckb', digits: 'latn' })).toBe('کانوونی دووەمی 2021');
  });
  test('name the weekday in the three languages', () => {
    expect(weekday(at, { lang: 'en', digits: 'latn' })).toBe('Friday');
    expect(weekday(at, { lang: 'ar', digits: 'latn' })).toBe('الجمعة');
    expect(weekday(at, { lang: 'ckb', digits: 'latn' })).toBe('هەینی');
  });
  test('have 24 hours, with seconds only where asked', () => {
    expect(clockTime(at, { lang: 'en', digits: 'latn' })).toBe('14:02');
    expect(clockTime(at, { lang: 'ckb', digits: 'arab' }, true)).toBe('١٤:٠٢:٠٧');
    expect(dateTime(at, { lang: 'en', digits: 'latn' })).toBe('9 October 2020, 14:02');
  });
  test('are read as people type them, and refused where no such day or hour exists', () => {
    expect(parseDayTime('2020-10-09', '14:02')).toBe(new Date(2020, 9, 9, 14, 2).getTime());
    expect(parseDayTime('2020/1/5', '902')).toBe(new Date(2020, 0, 5, 9, 2).getTime());
    expect(parseDayTime('2020-02-30', '10:00')).toBeNull();
    expect(parseDayTime('2020-10-09', '24:10')).toBeNull();
    expect(parseDayTime('yesterday', '10:00')).toBeNull();
    expect(isoDay(at)).toBe('2020-10-09');
  });
});
