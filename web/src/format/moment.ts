// A time as it is said on the radio: `14:05`, `1405`, `-15` (minutes ago), `-2h`, a day before it where it was not
// today. Nothing means now. Digits of all three sets.

import { startOfDay } from './dates';
import { latinDigits } from './digits';

const DAY = 24 * 3_600_000;
/** A clock that runs a little before ours still means today. */
const AHEAD = 10 * 60_000;
const YESTERDAY = ['yesterday', 'أمس', 'امس', 'البارحة', 'دوێنێ', 'دوێ'];
const TODAY = ['today', 'اليوم', 'ئەمڕۆ'];
const HOURS = ['h', 'س', 'ساعة', 'ک', 'كاتژمێر', 'کاتژمێر'];

/** The moment (ms) that is meant, or null where it is none. */
export function radioMoment(text: string, now: number): number | null {
  const said = latinDigits(text).replace(/[\u200e\u200f\u2066-\u2069]/g, '').replace(/[−–]/g, '-').trim().toLowerCase();
  const minute = Math.floor(now / 60_000) * 60_000;
  if (said === '') return minute;
  const ago = /^(?:-\s*(\d{1,3})|(\d{1,3})\s*-)\s*(\S*)$/.exec(said);
  if (ago) {
    const unit = ago[3] ?? '';
    if (unit !== '' && !HOURS.includes(unit)) return null;
    return minute - Number(ago[1] ?? ago[2]) * (unit ? 3_600_000 : 60_000);
  }
  const parts = /^(?:(.+?)\s+)?(\d{1,2})[:.]?(\d{2})$/.exec(said);
  if (!parts) return null;
  const [, day, hour, minutes] = parts;
  if (Number(hour) > 23 || Number(minutes) > 59) return null;
  const within = (start: number): number => {
    const at = new Date(start);
    return new Date(at.getFullYear(), at.getMonth(), at.getDate(), Number(hour), Number(minutes)).getTime();
  };
  if (!day) {
    const today = within(now);
    return today > now + AHEAD ? within(startOfDay(now) - DAY / 2) : today;
  }
  if (YESTERDAY.includes(day)) return within(startOfDay(now) - DAY / 2);
  if (TODAY.includes(day)) return within(now);
  const date = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(day);
  if (!date) return null;
  const [year, month, of] = [Number(date[1]), Number(date[2]), Number(date[3])];
  const start = new Date(year, month - 1, of);
  return start.getMonth() === month - 1 && start.getDate() === of ? within(start.getTime()) : null;
}
