// Measures of the Gaps desk in the reader's words and digits.

import { scheduleText } from '../../format/week';
import { words } from '../../i18n/words.svelte';
import { km2Digits } from './cover';

/** A number with so many digits behind the point, grouped, in the reader's digits. */
export function decimal(value: number, digits: number): string {
  const [whole = '0', part] = Math.abs(value).toFixed(digits).split('.');
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? '−' : '';
  const point = words.digits === 'arab' ? '٫' : '.';
  return `\u2066${sign}${words.n(Number(whole))}${part ? point + words.d(part) : ''}\u2069`;
}

export function km2(value: number): string {
  return words.m.gaps.km2(decimal(value, km2Digits(value)));
}

export function km2Hours(value: number): string {
  return words.m.gaps.km2Hours(decimal(value, Math.abs(value) < 10 ? 1 : 0));
}

/** A difference, with its sign said and shown. */
export function signed(value: number, say: (value: number) => string): string {
  if (Math.abs(value) < 0.05) return words.m.gaps.same;
  return value < 0 ? words.m.gaps.less(say(-value)) : words.m.gaps.more(say(value));
}

/** Seconds of driving or walking, cut to minutes. */
export function minutes(seconds: number): string {
  return words.m.frame.minutes(words.n(Math.max(1, Math.round(seconds / 60))));
}

/** The hours of a week, as 168 signs, in words. */
export function hoursText(week: string): string {
  const t = words.m.gaps;
  return scheduleText(week, { lang: words.lang, digits: words.digits }, { always: t.always, never: t.never, daily: t.everyDay });
}

/** The time of day so many seconds after an hour of the day. */
export function clock(hour: number, afterS: number): string {
  const minutes_ = hour * 60 + Math.round(afterS / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `\u2066${words.d(`${two(Math.floor(minutes_ / 60) % 24)}:${two(minutes_ % 60)}`)}\u2069`;
}

/** A share in percent; just under the whole never reads as the whole. */
export function percent(share: number | null): string {
  if (share === null) return '';
  return words.m.gaps.percent(decimal(share * 100, (share >= 0.995 || share < 0.1) && share < 1 && share > 0 ? 1 : 0));
}
