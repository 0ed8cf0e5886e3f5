// The rules of terms of reference in the reader's words: one line for each.

import { PARTS, type Part } from '../../../api/rules';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';
import { known } from '../../../state/objects';
import { partyName } from '../../movements/words';
import { nameOf } from '../../watch/kinds/kind';

export const TERMS: readonly string[] = PARTS.filter((part) => part !== 'parties');

interface Rule {
  minutes?: number;
  after_minutes?: number;
  activity?: string;
  area?: string;
  ask?: string;
  level?: string;
  means?: string;
  distance_m?: number;
  height_m?: number;
  role?: string;
  acts?: string[];
  body?: string;
  party?: string;
  count?: number;
  emergency?: number;
  report?: string;
  minute?: number;
  weekday?: number;
  centre?: string;
  strength?: number;
  step?: string;
  stage?: string;
}

/** A thing of the picture by its name, else by its reference. */
export function thingName(ref: string): string {
  const object = live.objects.get(ref);
  return object ? nameOf(known(object), words) || words.of(words.m.values.kind, object.kind) : ref;
}

/** A minute of the day as a clock shows it. */
export const clockOf = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** A Monday is day 1. */
export const dayName = (day: number): string => words.weekday(Date.UTC(2024, 0, day, 9));

/** Minutes as whole days from two on, or as whole hours, where they are that. */
export function lasting(minutes: number): string {
  const r = words.m.rules;
  const counted = (n: number, say: (n: number, s: string) => string): string => say(n, words.n(n));
  if (minutes >= 2880 && minutes % 1440 === 0) return counted(minutes / 1440, r.days);
  return minutes >= 60 && minutes % 60 === 0 ? counted(minutes / 60, r.hours) : counted(minutes, r.minutes);
}

/** One rule as one line. */
export function ruleLine(part: Part, given: unknown): string {
  const t = words.m.moves;
  const r = words.m.rules;
  if (part === 'parties') return partyName(String(given));
  const rule = given as Rule;
  switch (part) {
    case 'lead': {
      const what = rule.activity === 'handover' ? t.handoverLead : rule.activity ? words.of(t.activity, rule.activity) : t.anyPlan;
      return r.takes(rule.area ? words.list([what, thingName(rule.area)]) : what, lasting(rule.minutes ?? 0));
    }
    case 'answer':
      return r.takes(rule.ask ? words.of(t.ask, rule.ask) : t.anyAnswer, lasting(rule.minutes ?? 0));
    case 'ladder':
      return r.after(words.of(t.level, rule.level), lasting(rule.after_minutes ?? 0));
    case 'silence':
      return r.silence(words.of(t.ask, rule.ask), lasting(rule.after_minutes ?? 0), words.of(t.means, rule.means));
    case 'buffers':
      return r.near(words.distance(rule.distance_m ?? 0), lasting(rule.minutes ?? 0), words.distance(rule.height_m ?? 0));
    case 'roles':
      return r.acts(words.of(words.m.values.userRole, rule.role), words.list((rule.acts ?? []).map((act) => words.of(r.act, act))));
    case 'quorums': {
      const line = r.quorum(words.of(r.body, rule.body), partyName(rule.party), words.n(rule.count ?? 0));
      return rule.emergency === undefined ? line : words.list([line, r.emergency(words.n(rule.emergency))]);
    }
    case 'cutoffs': {
      const line = r.cutoff(words.of(r.report, rule.report), words.d(clockOf(rule.minute ?? 0)));
      return words.list([line, rule.weekday ? r.onDay(dayName(rule.weekday)) : r.daily]);
    }
    case 'manning':
      return r.strength(rule.centre ? thingName(rule.centre) : r.everyCentre, rule.party ? partyName(rule.party) : r.everySide, words.n(rule.strength ?? 0));
    case 'complaints':
      return r.within(words.of(r.step, rule.step), lasting(rule.minutes ?? 0));
    case 'reporting':
      return r.within(words.of(words.m.incidents.stage, rule.stage), lasting(rule.minutes ?? 0));
  }
}

/** The rules of a part as they stand in a record. */
export function rulesOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** One line for each rule of a part, numbered where there are several. */
export function termsLines(name: string, value: unknown): string[] {
  const lines = rulesOf(value).map((rule) => ruleLine(name as Part, rule));
  return lines.length > 1 && name !== 'ladder' ? lines.map((line, i) => `${words.n(i + 1)}. ${line}`) : lines;
}
