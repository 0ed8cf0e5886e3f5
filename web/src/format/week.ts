// Hours of the week, as the analysis counts them: 0 is Monday 00:00 in the area's zone, 167 is Sunday 23:00. A schedule
// is a text of 168 signs, 1 where it holds. Pure. People in Iraq read the week from Saturday, others from Monday: only
// the order in which days are shown follows the language, never the number of an hour.

import type { Lang } from '../api/types';
import { DAYS, type Writing } from './dates';
import { inDigits } from './digits';

export const WEEK = 168;
export const ALWAYS = '1'.repeat(WEEK);
export const NEVER = '0'.repeat(WEEK);

/** The days (0 is Monday) in the order in which they are read. */
export function daysInOrder(lang: Lang): number[] {
  const first = lang === 'en' ? 0 : 5;
  return Array.from({ length: 7 }, (_, i) => (first + i) % 7);
}

/** The hour at a place of the shown week, and the place of an hour: one is the other's inverse. */
export function hourAt(place: number, lang: Lang): number {
  return (place + (daysInOrder(lang)[0] ?? 0) * 24) % WEEK;
}
export function placeOfHour(hour: number, lang: Lang): number {
  return (hour - (daysInOrder(lang)[0] ?? 0) * 24 + WEEK) % WEEK;
}

/** Monday · الاثنين · دووشەممە; `day` 0 is Monday. */
export function dayName(day: number, lang: Lang): string {
  return DAYS[lang][(day + 1) % 7] ?? '';
}

const two = (n: number): string => String(n).padStart(2, '0');

/** 14:00 for an hour of the week or of the day. */
export function hourTime(hour: number, w: Writing): string {
  return inDigits(`${two(hour % 24)}:00`, w.digits);
}

/** Monday 14:00–15:00. */
export function hourName(hour: number, w: Writing): string {
  const end = inDigits(`${two((hour % 24) + 1)}:00`, w.digits);
  return `${dayName(Math.floor(hour / 24), w.lang)} ${hourTime(hour, w)}–${end}`;
}

/** Whether a text is a schedule. */
export function isSchedule(text: unknown): text is string {
  return typeof text === 'string' && /^[01]{168}$/.test(text);
}

/** The same schedule with hours from `a` to `b` (either order) set. */
export function paint(schedule: string, a: number, b: number, on: boolean): string {
  const [from, to] = a < b ? [a, b] : [b, a];
  return schedule.slice(0, from) + (on ? '1' : '0').repeat(to - from + 1) + schedule.slice(to + 1);
}

/** A block of days and hours set, as one draws it in a table: corners in any order. */
export function paintBlock(schedule: string, a: number, b: number, on: boolean): string {
  const days = [Math.floor(a / 24), Math.floor(b / 24)].sort((x, y) => x - y);
  const hours = [a % 24, b % 24].sort((x, y) => x - y);
  let next = schedule;
  for (let day = days[0] ?? 0; day <= (days[1] ?? 0); day++) {
    next = paint(next, day * 24 + (hours[0] ?? 0), day * 24 + (hours[1] ?? 0), on);
  }
  return next;
}

/** Every day from hour `from` to hour `to`, over midnight where `to` is not after `from`. */
export function daily(from: number, to: number): string {
  return Array.from({ length: WEEK }, (_, i) => {
    const hour = i % 24;
    return (from < to ? hour >= from && hour < to : hour >= from || hour < to) ? '1' : '0';
  }).join('');
}

/** How many hours of the week hold. */
export function hoursIn(schedule: string): number {
  return schedule.split('1').length - 1;
}

/** The spans of a schedule on one day: [from, to) hours, in order. */
export function spans(schedule: string, day: number): [number, number][] {
  const found: [number, number][] = [];
  for (let hour = 0; hour < 24; hour++) {
    if (schedule[day * 24 + hour] !== '1') continue;
    const last = found.at(-1);
    if (last && last[1] === hour) last[1] = hour + 1;
    else found.push([hour, hour + 1]);
  }
  return found;
}

/** A week in one line: days with the same hours are named together. Words come from outside. */
export function scheduleText(schedule: string, w: Writing, said: { always: string; never: string; daily: string }): string {
  if (!schedule.includes('0')) return said.always;
  if (!schedule.includes('1')) return said.never;
  const groups: { days: number[]; text: string }[] = [];
  for (const day of daysInOrder(w.lang)) {
    const text = spans(schedule, day)
      .map(([from, to]) => inDigits(`${two(from)}:00–${two(to)}:00`, w.digits))
      .join(w.lang === 'en' ? ', ' : '، ');
    const same = groups.find((group) => group.text === text);
    if (same) same.days.push(day);
    else groups.push({ days: [day], text });
  }
  return groups
    .filter((group) => group.text !== '')
    .map(({ days, text }) => `${days.length === 7 ? said.daily : days.map((day) => dayName(day, w.lang)).join(w.lang === 'en' ? ', ' : '، ')} ${text}`)
    .join(w.lang === 'en' ? '; ' : '؛ ');
}

/** A week as records hold it: spans of days (1 Monday … 7 Sunday) and minutes of the day, ahead of UTC by `offset`. */
export interface Schedule {
  spans: { days: number[]; from: number; to: number }[];
  offset: number;
}

/** Minutes by which the clocks of Baghdad and Erbil are ahead of UTC, summer and winter. */
export const BAGHDAD = 180;

export function toSchedule(week: string, offset = BAGHDAD): Schedule {
  const found = new Map<string, { days: number[]; from: number; to: number }>();
  for (let day = 0; day < 7; day++) {
    for (const [from, to] of spans(week, day)) {
      const key = `${from}-${to}`;
      const span = found.get(key) ?? { days: [], from: from * 60, to: to * 60 };
      span.days.push(day + 1);
      found.set(key, span);
    }
  }
  return { spans: [...found.values()].sort((a, b) => a.from - b.from || a.to - b.to), offset };
}

export function isRecordSchedule(value: unknown): value is Schedule {
  return typeof value === 'object' && value !== null && Array.isArray((value as Schedule).spans);
}

/** The hours of a recorded week on the clocks of `offset`: those that it touches, or with `whole` those that it fills. */
export function fromSchedule(schedule: Schedule, offset = BAGHDAD, whole = false): string {
  const held = new Uint8Array(WEEK * 60);
  for (const { days, from, to } of schedule.spans) {
    const length = to > from ? to - from : to + 1440 - from;
    for (const day of days) {
      const start = (day - 1) * 1440 + from + offset - schedule.offset + held.length;
      for (let minute = start; minute < start + length; minute++) held[minute % held.length] = 1;
    }
  }
  return Array.from({ length: WEEK }, (_, hour) => {
    const minutes = held.subarray(hour * 60, hour * 60 + 60);
    return (whole ? minutes.every(Boolean) : minutes.some(Boolean)) ? '1' : '0';
  }).join('');
}
