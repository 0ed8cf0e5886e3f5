// Plans, sides and rules in the reader's words.

import type { AskedParty, Collision, Plan, PlanState, Rule } from '../../api/movements';
import type { PictureObject } from '../../api/types';
import { words } from '../../i18n/words.svelte';
import { clock } from '../../state/clock.svelte';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { nameOf } from '../watch/kinds/kind';

export const partyName = (id: string | null | undefined): string => (id ? words.name(live.party(id)?.names, id) : '');

export function planName(ref: string): string {
  const object = live.objects.get(ref);
  const fields = object ? known(object) : {};
  return nameOf(fields, words) || words.of(words.m.moves.activity, fields['activity'] ?? 'other');
}

const GRAVEST = ['entered_by_third_force', 'entered_without_consent', 'third_force_leaves', 'vacated_without_consent', 'vacated_without_handover', 'done_without_consent', 'late'];

/** Alarms in words, the gravest first. */
export const alarmsOf = (alarms: readonly string[]): string[] =>
  [...alarms].sort((a, b) => GRAVEST.indexOf(a) - GRAVEST.indexOf(b)).map((one) => words.of(words.m.moves.alarm, one));

/** Where a record of movements stands at the Movements desk; null for records of other kinds. */
export function placeAtDesk(object: PictureObject): string | null {
  const about = object.about ? live.objects.get(object.about) : undefined;
  switch (object.kind) {
    case 'activity':
    case 'handover':
      return object.ref;
    case 'answer':
    case 'entered':
      return object.about;
    case 'consent':
      return about ? placeAtDesk(about) : null;
    case 'hotline':
      return typeof object.fields['collision'] === 'string' ? `collision/${object.fields['collision']}` : null;
    case 'suspension':
    case 'denial':
      return 'page/stops';
    case 'post':
      return object.fields['status'] === 'vacated' ? object.ref : null;
    default:
      return null;
  }
}

/** What of one's own or of others' a plan touches. */
export function reasonName(why: string): string {
  const t = words.m.moves;
  if (why in t.why) return words.of(t.why, why);
  const object = live.objects.get(why);
  if (!object) return why;
  if (object.kind === 'activity') return planName(why);
  return nameOf(known(object), words) || words.of(words.m.values.kind, object.kind);
}

export function ruleText(rule: Rule): string {
  const t = words.m.moves;
  const name = words.of(t.rule, rule.name);
  if (rule.terms === null) return t.ruleNone(name);
  const version = words.d(rule.version ?? '?');
  return rule.number === null ? t.rulePlain(name, version) : t.ruleOf(name, words.d(rule.number), version);
}

export type Tone = 'good' | 'warn' | 'bad' | '';

export function toneOf(state: PlanState): Tone {
  if (state === 'agreed' || state === 'free') return 'good';
  if (state === 'objected' || state === 'objected_by_rule' || state === 'stale') return 'bad';
  if (state === 'ended' || state === 'cancelled' || state === 'erased' || state === 'informed') return '';
  return 'warn';
}

/** Whether a side still owes a word, so that its clock runs. */
export function owes(plan: Plan, one: AskedParty): boolean {
  if (plan.ask === 'inform' || isOver(plan)) return false;
  return one.given.word === 'silent' || (one.given.word === 'acknowledged' && plan.ask !== 'acknowledge');
}

export const isOver = (plan: Plan): boolean => plan.phase === 'over' || plan.state === 'ended' || plan.state === 'cancelled' || plan.state === 'erased';

export const whenOf = (from: number | null, to: number | null): string => {
  if (from === null || to === null) return words.m.moves.phase.unknown;
  const sameDay = words.date(from) === words.date(to);
  return words.m.values.between(near(from), sameDay ? words.time(to) : near(to));
};

/** A time as one says it on the telephone. */
export const near = (ms: number): string => words.nearTime(ms, clock.now);

export const apart = (metres: number): string => (metres === 0 ? words.m.moves.overlap : words.m.moves.apart(words.distance(metres)));
export const closeness = (one: Collision): string => apart(one.closest.distance_m);
