// Dates: Gregorian, 24 hours, local zone. Own month and day names, since browsers have none for Sorani
// and differ in their Arabic ones; Iraq says كانون الثاني, not يناير.

import type { Lang } from '../api/types';
import { type Digits, inDigits } from './digits';

const MONTHS: Record<Lang, readonly string[]> = {
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
  ar: ['كانون الثاني', 'شباط', 'آذار', 'نيسان', 'أيار', 'حزيران', 'تموز', 'آب', 'أيلول', 'تشرين الأول', 'تشرين الثاني', 'كانون الأول'],
  ckb: ['کانوونی دووەم', 'شوبات', 'ئازار', 'نیسان', 'ئایار', 'حوزەیران', 'تەمموز', 'ئاب', 'ئەیلوول', 'تشرینی یەکەم', 'تشرینی دووەم', 'کانوونی یەکەم'],
};

export const DAYS: Record<Lang, readonly string[]> = {
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  ar: ['الأحد', 'الاثنين', 'الثلاثاء', 'الأربعاء', 'الخميس', 'الجمعة', 'السبت'],
  ckb: ['یەکشەممە', 'دووشەممە', 'سێشەممە', 'چوارشەممە', 'پێنجشەممە', 'هەینی', 'شەممە'],
};

const two = (n: number): string => String(n).padStart(2, '0');

export interface Writing {
  lang: Lang;
  digits: Digits;
}

/** 14:02, with seconds where asked. */
export function clockTime(ms: number, w: Writing, seconds = false): string {
  const d = new Date(ms);
  const text = `${two(d.getHours())}:${two(d.getMinutes())}${seconds ? `:${two(d.getSeconds())}` : ''}`;
  return inDigits(text, w.digits);
}

/** 9 October 2020 · ٩ تشرين الأول ٢٠٢٠ · ٩ی تشرینی یەکەمی ٢٠٢٠ */
export function dayDate(ms: number, w: Writing): string {
  const d = new Date(ms);
  const month = MONTHS[w.lang][d.getMonth()] ?? '';
  const day = inDigits(String(d.getDate()), w.digits);
  const year = inDigits(String(d.getFullYear()), w.digits);
  if (w.lang === 'ckb') return `${day}ی ${monthOf(month)} ${year}`;
  return `${day} ${month} ${year}`;
}

/** The day without the year, where nobody doubts which year is meant. */
export function dayMonth(ms: number, w: Writing): string {
  const d = new Date(ms);
  const month = MONTHS[w.lang][d.getMonth()] ?? '';
  const day = inDigits(String(d.getDate()), w.digits);
  return w.lang === 'ckb' ? `${day}ی ${month}` : `${day} ${month}`;
}

/** Day and time; the year only where it is not this one. */
export function nearTime(ms: number, now: number, w: Writing): string {
  const day = new Date(ms).getFullYear() === new Date(now).getFullYear() ? dayMonth(ms, w) : dayDate(ms, w);
  return `${day}${w.lang === 'en' ? ', ' : '، '}${clockTime(ms, w)}`;
}

/** The month and the year alone, for a date known no better. */
export function monthDate(ms: number, w: Writing): string {
  const d = new Date(ms);
  const month = MONTHS[w.lang][d.getMonth()] ?? '';
  const year = inDigits(String(d.getFullYear()), w.digits);
  return w.lang === 'ckb' ? `${monthOf(month)} ${year}` : `${month} ${year}`;
}

/** The Sorani link between month and year: تشرینی یەکەمی ٢٠٢٠. */
function monthOf(month: string): string {
  return `${month}ی`;
}

export function weekday(ms: number, w: Writing): string {
  return DAYS[w.lang][new Date(ms).getDay()] ?? '';
}

/** Date and time: 9 October 2020, 14:02. */
export function dateTime(ms: number, w: Writing, seconds = false): string {
  return `${dayDate(ms, w)}${w.lang === 'en' ? ', ' : '، '}${clockTime(ms, w, seconds)}`;
}

/** The offset of the reader's zone at that moment: UTC+3 or UTC+5:30. */
export function zone(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const sign = minutes < 0 ? '−' : '+';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${sign}${hours}${rest ? `:${two(rest)}` : ''}`;
}

/** 2020-10-09 in local time: the form that people type and computers sort. */
export function isoDay(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The first millisecond of the local day. */
export function startOfDay(ms: number): number {
  const d = new Date(ms);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}

/** What somebody typed as a day and a time, or null where it is neither. Latin digits only. */
export function parseDayTime(day: string, time: string): number | null {
  const d = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(day.trim());
  const t = /^(\d{1,2})[:.]?(\d{2})$/.exec(time.trim());
  if (!d || !t) return null;
  const [year, month, date] = [Number(d[1]), Number(d[2]), Number(d[3])];
  const [hour, minute] = [Number(t[1]), Number(t[2])];
  const at = new Date(year, month - 1, date, hour, minute);
  const real = at.getMonth() === month - 1 && at.getDate() === date && hour < 24 && minute < 60;
  return real ? at.getTime() : null;
}
