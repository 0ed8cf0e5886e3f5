// The reader's language and digits, and every way in which a value becomes words. Components read `words.m.…`
// and follow when the language changes; nothing is reloaded, so one's place is kept.

import { speak } from '../api/client';
import type { Lang, Names } from '../api/types';
import * as dates from '../format/dates';
import { type Digits, groupedNumber, inDigits } from '../format/digits';
import { remembered, remember } from '../state/memory';
import { catalogue, type Messages } from './catalogue';

export const LANGUAGES: readonly { id: Lang; name: string; short: string }[] = [
  { id: 'ar', name: 'العربية', short: 'ع' },
  { id: 'ckb', name: 'کوردی', short: 'ک' },
  { id: 'en', name: 'English', short: 'En' },
];

const isLang = (value: string | null): value is Lang => value === 'ar' || value === 'ckb' || value === 'en';

class Words {
  lang = $state<Lang>('ar');
  chosenDigits = $state<Digits | null>(null);
  m: Messages = $derived(catalogue[this.lang]);
  dir = $derived<'rtl' | 'ltr'>(this.lang === 'en' ? 'ltr' : 'rtl');
  digits = $derived<Digits>(this.chosenDigits ?? (this.lang === 'en' ? 'latn' : 'arab'));
  #w = $derived<dates.Writing>({ lang: this.lang, digits: this.digits });

  constructor() {
    const lang = remembered('language');
    const digits = remembered('digits');
    this.setLang(isLang(lang) ? lang : firstOfBrowser());
    if (digits === 'arab' || digits === 'latn') this.chosenDigits = digits;
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    speak(lang);
    remember('language', lang);
    if (typeof document === 'undefined') return;
    document.documentElement.lang = lang;
    document.documentElement.dir = lang === 'en' ? 'ltr' : 'rtl';
  }

  setDigits(digits: Digits): void {
    this.chosenDigits = digits;
    remember('digits', digits);
  }

  /** A name in the reader's language, or in the nearest one that there is. */
  name(names: Names | undefined | null, otherwise = ''): string {
    if (!names) return otherwise;
    const order: Lang[] = this.lang === 'en' ? ['en', 'ar', 'ckb'] : [this.lang, this.lang === 'ar' ? 'ckb' : 'ar', 'en'];
    for (const lang of order) if (names[lang]) return names[lang];
    return otherwise;
  }

  n = (value: number): string => groupedNumber(value, this.digits);
  /** Digits of a text that is not a quantity (a grade, a year). */
  d = (text: string | number): string => inDigits(String(text), this.digits);
  time = (ms: number, seconds = false): string => dates.clockTime(ms, this.#w, seconds);
  date = (ms: number): string => dates.dayDate(ms, this.#w);
  month = (ms: number): string => dates.monthDate(ms, this.#w);
  weekday = (ms: number): string => dates.weekday(ms, this.#w);
  dateTime = (ms: number, seconds = false): string => dates.dateTime(ms, this.#w, seconds);
  /** Day and time as people say them of what is near: the year only where it is not that of `now`. */
  nearTime = (ms: number, now: number): string => dates.nearTime(ms, now, this.#w);
  zone = (ms: number): string => dates.zone(ms);

  /** How long: the largest unit that fits, cut down, never rounded up. */
  age(ms: number): string {
    const f = this.m.frame;
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return f.seconds(this.n(s));
    if (s < 3600) return f.minutes(this.n(Math.floor(s / 60)));
    if (s < 48 * 3600) return f.hours(this.n(Math.floor(s / 3600)));
    return f.days(this.n(Math.floor(s / 86_400)));
  }

  /** A size of a file: whole kilobytes, or megabytes with one digit behind the point; never rounded down to nothing. */
  bytes(size: number): string {
    const r = this.m.record;
    const kilobytes = Math.max(1, Math.round(size / 1024));
    if (kilobytes < 1024) return r.kilobytes(this.n(kilobytes));
    const text = this.d((size / 1_048_576).toFixed(1));
    return r.megabytes(this.digits === 'arab' ? text.replace('.', '٫') : text);
  }

  distance(metres: number): string {
    const v = this.m.values;
    if (metres < 1000) return v.m(this.n(metres));
    const km = metres / 1000;
    const text = km < 10 && km % 1 >= 0.05 ? this.d(km.toFixed(1)) : this.n(km);
    return v.km(this.digits === 'arab' ? text.replace('.', '٫') : text);
  }

  /** Between facts in one line. A middle dot beside Arabic digits reads as one more zero. */
  facts(...parts: (string | null | undefined | false)[]): string {
    return parts.filter(Boolean).join(this.digits === 'arab' ? ' | ' : ' · ');
  }

  list(parts: string[]): string {
    return parts.join(this.lang === 'en' ? ', ' : '، ');
  }

  /** A value's word where there is one, else the value as it stands. */
  of(group: Record<string, string>, value: unknown): string {
    return group[String(value)] ?? String(value ?? '');
  }
}

function firstOfBrowser(): Lang {
  if (typeof navigator === 'undefined') return 'ar';
  for (const tag of navigator.languages) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (primary === 'ku') return 'ckb';
    if (isLang(primary)) return primary;
  }
  return 'ar';
}

export const words = new Words();
