import { describe, expect, test } from 'vitest';
import { ALWAYS, BAGHDAD, daily, daysInOrder, fromSchedule, hourAt, hourName, hoursIn, isSchedule, NEVER, paint, paintBlock, placeOfHour, scheduleText, spans, toSchedule, WEEK } from './week';

const en = { lang: 'en', digits: 'latn' } as const;
const ar = { lang: 'ar', digits: 'arab' } as const;
const ckb = { lang: 'ckb', digits: 'arab' } as const;
const said = { always: 'always', never: 'never', daily: 'every day' };

describe('hours of the week', () => {
  test('are named by day and by 24 hours in the language of the reader', () => {
    expect(hourName(14, en)).toBe('Monday 14:00–15:00');
    expect(hourName(167, en)).toBe('Sunday 23:00–24:00');
    expect(hourName(14, ar)).toBe('الاثنين ١٤:٠٠–١٥:٠٠');
    expect(hourName(5 * 24, ckb)).toBe('شەممە ٠٠:٠٠–٠١:٠٠');
  });
  test('begin on Saturday for Arabic and Sorani, on Monday for English, and keep their number', () => {
    expect(daysInOrder('en')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(daysInOrder('ar')).toEqual([5, 6, 0, 1, 2, 3, 4]);
    for (const lang of ['en', 'ar', 'ckb'] as const) {
      const order = Array.from({ length: WEEK }, (_, place) => hourAt(place, lang));
      expect(new Set(order).size).toBe(WEEK);
      order.forEach((hour, place) => expect(placeOfHour(hour, lang)).toBe(place));
    }
  });
});

describe('schedules', () => {
  test('are 168 signs of 0 and 1 and nothing else', () => {
    expect(isSchedule(ALWAYS)).toBe(true);
    expect(isSchedule(`${ALWAYS}1`)).toBe(false);
    expect(isSchedule(ALWAYS.replace('1', '2'))).toBe(false);
    expect(isSchedule(null)).toBe(false);
  });
  test('are painted from either end and never change length', () => {
    expect(paint(NEVER, 3, 1, true).slice(0, 5)).toBe('01110');
    const block = paintBlock(NEVER, 2 * 24 + 8, 1 * 24 + 6, true);
    expect(hoursIn(block)).toBe(6);
    expect(spans(block, 1)).toEqual([[6, 9]]);
    expect(spans(block, 2)).toEqual([[6, 9]]);
    expect(paintBlock(block, 24 + 6, 2 * 24 + 8, false)).toBe(NEVER);
    expect(block).toHaveLength(WEEK);
  });
  test('of the night go over midnight', () => {
    expect(hoursIn(daily(18, 6))).toBe(84);
    expect(spans(daily(18, 6), 0)).toEqual([[0, 6], [18, 24]]);
    expect(daily(6, 18).replace(/./g, (sign) => (sign === '1' ? '0' : '1'))).toBe(daily(18, 6));
  });
  test('are said in one line, equal days together', () => {
    expect(scheduleText(ALWAYS, en, said)).toBe('always');
    expect(scheduleText(NEVER, en, said)).toBe('never');
    expect(scheduleText(daily(6, 18), en, said)).toBe('every day 06:00–18:00');
    expect(scheduleText(paintBlock(NEVER, 8, 24 + 9, true), en, said)).toBe('Monday, Tuesday 08:00–10:00');
    expect(scheduleText(paint(NEVER, 8, 8, true), ar, said)).toBe('الاثنين ٠٨:٠٠–٠٩:٠٠');
  });
  test('go into a record and come back the same', () => {
    const mixed = paint(paintBlock(NEVER, 8, 4 * 24 + 15, true), 5 * 24 + 20, 6 * 24 + 3, true);
    for (const week of [ALWAYS, NEVER, daily(18, 6), daily(6, 18), mixed]) expect(fromSchedule(toSchedule(week))).toBe(week);
    expect(toSchedule(daily(6, 18))).toEqual({ spans: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 360, to: 1080 }], offset: BAGHDAD });
  });
  test('of a record run over midnight and over the end of the week, and count an hour held in part', () => {
    const sunday = fromSchedule({ spans: [{ days: [7], from: 22 * 60 + 30, to: 90 }], offset: BAGHDAD });
    expect(hoursIn(sunday)).toBe(4);
    expect(hoursIn(fromSchedule({ spans: [{ days: [7], from: 22 * 60 + 30, to: 90 }], offset: BAGHDAD }, BAGHDAD, true))).toBe(2);
    expect([6 * 24 + 22, 6 * 24 + 23, 0, 1].every((hour) => sunday[hour] === '1')).toBe(true);
    expect(fromSchedule({ spans: [{ days: [1], from: 0, to: 60 }], offset: 0 })[3]).toBe('1');
  });
});
