// Commitments in words: a rule as a sentence, what it came to, what was missing, when something is due.

import type { Finding, Pledge, PledgeView, PromiseState } from '../../../api/promises';
import type { Fields, Names, PictureObject } from '../../../api/types';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';
import { known, type Objects } from '../../../state/objects';
import { nameOf } from '../../watch/kinds/kind';

export const STATES: readonly PromiseState[] = ['kept', 'late', 'partly', 'not_kept', 'disputed', 'cannot_be_measured_yet', 'not_yet_due'];
export const RULES = ['area_covered', 'hours_a_week', 'answered_within', 'report_every', 'centre_staffed', 'centre_opened', 'access_granted'] as const;
export type RuleName = (typeof RULES)[number];

export const partyName = (id: string): string => words.name(live.party(id)?.names, id);
export const partyNames = (ids: readonly string[]): string => words.list(ids.map(partyName));

/** How grave a state is, as the colour of its mark. */
export function toneOf(state: PromiseState | null): '' | 'good' | 'warn' | 'bad' | 'lock' {
  if (state === 'kept') return 'good';
  if (state === 'late' || state === 'not_kept') return 'bad';
  if (state === 'partly') return 'warn';
  return state === 'disputed' ? 'lock' : '';
}

export function stateWord(one: Pledge): string {
  const t = words.m.promises;
  return one.state ? t.state[one.state] : t.standing[one.standing.name];
}

/** What a commitment is called: its name, else the beginning of its text. */
export function titleOfPledge(view: PledgeView): string {
  return pledgeTitle(view.fields) || view.promise.ref;
}

export function pledgeTitle(fields: Fields): string {
  const name = nameOf(fields, words);
  if (name) return name;
  const text = textIn(fields['text']);
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 118)}…` : line;
}

/** A text in three languages, in the reader's or the nearest. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  return value && typeof value === 'object' ? words.name(value as Names) : '';
}

/** A thing of the picture by its name. */
export function thingName(ref: unknown): string {
  const object = live.objects.get(String(ref));
  return (object && nameOf(known(object), words)) || String(ref ?? '').split('/')[0] || '';
}

/** Minutes of the local day as 18:00. */
export const clockOf = (minute: number): string => words.d(`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);

/** A rule as one sentence. */
export function ruleText(rule: Fields): string {
  const t = words.m.promises;
  const n = (name: string, otherwise = 0): string => words.n(Number(rule[name] ?? otherwise));
  const who = rule['party'] ? partyName(String(rule['party'])) : t.anyone;
  switch (rule['rule'] as RuleName) {
    case 'area_covered':
      return t.ruleWords.area_covered(n('share_percent'), thingName(rule['area']), n('hours_a_day'), who);
    case 'hours_a_week':
      return t.ruleWords.hours_a_week(thingName(rule['area']), n('hours'), who);
    case 'answered_within':
      return t.ruleWords.answered_within(n('share_percent'), words.age(Number(rule['minutes'] ?? 0) * 60_000), n('days', 30));
    case 'report_every': {
      const by = clockOf(Number(rule['minute'] ?? 0));
      const weekday = rule['weekday'] as 1 | undefined;
      return t.ruleWords.report_every(words.of(t.reports, rule['report']), weekday ? t.everyWeekBy(t.weekdays[weekday], by) : t.everyDayBy(by), n('share_percent', 100), n('days', 30));
    }
    case 'centre_staffed':
      return t.ruleWords.centre_staffed(thingName(rule['centre']), n('strength'), n('hours_a_day', 24), n('share_percent', 100), n('days', 30));
    case 'centre_opened':
      return t.ruleWords.centre_opened(thingName(rule['centre']));
    case 'access_granted':
      return t.ruleWords.access_granted(n('at_most'), rule['area'] ? thingName(rule['area']) : t.anyArea, n('days', 30));
    default:
      return String(rule['rule'] ?? '');
  }
}

/** What a rule came to, in one line. */
export function findingText(found: Finding): string {
  const u = words.m.promises.unit;
  const [reached, of, needed] = [words.n(found.reached), words.n(found.of), words.n(found.needed)];
  if (found.unit === 'hours_a_day' || found.unit === 'hours_a_week' || found.unit === 'denials') return u[found.unit](reached, needed);
  return u[found.unit](reached, of, needed);
}

/** What was not there, in words. */
export function missingText(code: string): string {
  const m = words.m.promises.missed;
  const [name = '', party = '', at = ''] = code.split(':');
  if (name === 'report') return m.report(partyName(party), words.dateTime(Number(at)));
  if (name === 'nothing' || name === 'coarse' || name === 'withheld' || name === 'roster') return m[name](partyName(party));
  return words.of({ terrain: m.terrain, arrangement: m.arrangement, place: m.place, no_area: m.no_area, no_centre: m.no_centre }, name);
}

/** A part of what was counted: a day of the week, a date, a cut-off, a plan. */
export function partText(name: string, rule: string): string {
  const t = words.m.promises;
  if (rule === 'report_every') return words.dateTime(Number(name));
  if (rule === 'centre_opened') return words.of(words.m.values.state, name);
  if (name.includes('/')) return thingName(name);
  return words.d(words.of(t.day, name));
}

const byKey = new WeakMap<Objects, Map<string, PictureObject>>();

/** The latest wording of every clause by agreement and key, looked up once for what is held. */
function clausesOf(objects: Objects): Map<string, PictureObject> {
  let found = byKey.get(objects);
  if (!found) {
    byKey.set(objects, (found = new Map()));
    for (const each of objects.values()) {
      if (each.kind !== 'clause') continue;
      const key = `${each.about} ${String(each.fields['key'])}`;
      if ((found.get(key)?.said ?? 0) <= each.said) found.set(key, each);
    }
  }
  return found;
}

/** The clause of a commitment by its number and heading as its parties word it, else by its key. */
export function clauseName(one: Pledge): string {
  const last = clausesOf(live.objects).get(`${one.agreement} ${one.clause}`);
  const order = last?.fields['order'];
  const number = Array.isArray(order) ? `\u2068${order.map((each) => words.d(String(each))).join('.')}\u2069` : '';
  const heading = last ? words.name(last.fields['heading'] as Names | undefined) : '';
  return [number, heading && `(${heading})`].filter(Boolean).join(' ') || (one.clause ?? '');
}

/** When it is due; of money the first tranche that was not received. */
export function dueText(one: Pledge, fields: Fields): string {
  const t = words.m.promises;
  const next = one.due.way === 'no_date' ? one.money?.tranches.find((each) => each.state !== 'received' && each.due !== null) : undefined;
  if (next?.due) return `${t.tranche} ${words.n(next.number)}: ${words.date(next.due)}`;
  const every = (fields['due'] as { every?: { period: 'day' } } | undefined)?.every;
  if (one.due.way === 'period' && every) return t.again[every.period];
  if (one.due.at !== null) return words.date(one.due.at);
  return one.due.way === 'trigger' ? t.afterTrigger : t.noDate;
}

/** A field of a commitment and what hangs on it, in words; null where another says it. */
export function promiseText(kind: string, name: string, value: unknown): string | null {
  const t = words.m.promises;
  if (!OWN.has(kind)) return null;
  const object = value && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : null;
  if (name === 'text' && object) return textIn(object);
  if (name === 'rule' && object) return ruleText(object);
  if (name === 'owed_by' || name === 'owed_to') return partyNames(value as string[]);
  if (name === 'waits_for' || name === 'evidence') return words.list((value as string[]).map(thingName));
  if (name === 'agreement' || name === 'understanding' || name === 'centre') return thingName(value);
  if (name === 'announced' || name === 'as_of') return words.date(Number(value));
  if (name === 'check') return words.of(t.check, value);
  if (name === 'word') return words.of(t.word, value);
  if (name === 'state' && kind === 'payment') return words.of(t.paymentState, value);
  if (name === 'reading') return words.facts(words.n(Number(value)), words.of(t.scale, value));
  if (name === 'amount' || name === 'tranche') return words.n(Number(value));
  if (name === 'status') return words.of(t.standing, value);
  if (name === 'money' && object) {
    const tranches = (object['tranches'] ?? []) as { amount: number }[];
    return `${words.n(tranches.reduce((sum, one) => sum + one.amount, 0))} ${String(object['currency'])}`;
  }
  if (name === 'due' && object) return dueWords(object);
  return null;
}

const OWN = new Set(['commitment', 'trigger', 'occurrence', 'assessment', 'payment']);

function dueWords(due: Fields): string {
  const t = words.m.promises;
  if (due['by']) return words.date(Number(due['by']));
  const after = due['after'] as { trigger: string; days: number } | undefined;
  if (after) return words.facts(thingName(after.trigger), `${words.n(after.days)} ${t.daysAfter}`);
  const every = due['every'] as { period: 'day' } | undefined;
  return every ? t.again[every.period] : t.noDate;
}
