// The API of commitments: how they stand, one with its days and causes, the kept-promise record.

import { json } from './client';
import type { Fields, Names } from './types';

export type PromiseState = 'not_yet_due' | 'kept' | 'partly' | 'late' | 'not_kept' | 'disputed' | 'cannot_be_measured_yet';
export type StandingName = 'in_force' | 'proposed' | 'declined' | 'withdrawn' | 'erased';
export type Decided = 'rule' | 'evidence' | 'other_side' | 'facilitator' | 'both_sides' | 'payee' | 'contest' | 'clock' | 'nothing';

export interface Standing {
  name: StandingName;
  revision: string;
  by: 'consent' | 'clause' | 'facilitator' | null;
  accepted: string[];
  declined: string[];
  waits_for: string[];
  newer: string | null;
}

export interface Part {
  name: string;
  reached: number;
  of: number;
  unknown: number;
  party: string | null;
  refs: string[];
}

/** What a rule came to: `reached` of `of` in a window, where `needed` were promised; `unknown` more cannot be known. */
export interface Finding {
  rule: string;
  outcome: 'met' | 'not_met' | 'cannot_be_measured_yet';
  unit: 'hours_a_day' | 'hours_a_week' | 'answers' | 'reports' | 'days' | 'sides' | 'denials';
  reached: number;
  needed: number;
  of: number;
  unknown: number;
  from: number;
  to: number;
  refs: string[];
  missing: string[];
  reason: string | null;
  parts: Part[];
  fulfilled_at: number | null;
  digest: string;
}

export interface Reading {
  party: string;
  word: string | null;
  reading: number | null;
  as_of: number;
  said: number;
  ref: string;
  reason: string | null;
}

export interface Readings {
  self: Reading[];
  other: Reading[];
  facilitator: Reading[];
  spread: number | null;
}

export interface Tranche {
  number: number;
  amount: number;
  due: number | null;
  paid: number;
  received: number;
  state: 'not_yet_due' | 'due' | 'paid' | 'partly' | 'received' | 'disputed';
  words: { party: string; state: string; amount: number; at: number; ref: string }[];
}

export interface MoneyView {
  currency: string;
  amount: number;
  due: number;
  paid: number;
  received: number;
  disputed: number;
  tranches: Tranche[];
}

export interface Pledge {
  ref: string;
  party: string;
  standing: Standing;
  number: string | null;
  owed_by: string[];
  owed_to: string[];
  agreement: string | null;
  clause: string | null;
  understanding: string | null;
  check: 'evidence' | 'other_side' | 'facilitator' | 'picture' | 'money' | null;
  due: { way: 'date' | 'trigger' | 'period' | 'no_date'; at: number | null; from: number; over: boolean; trigger: string | null; waits_for: string[]; differ: boolean };
  state: PromiseState | null;
  decided: Decided | null;
  by: string[];
  contested: { party: string; ref: string; said: number; reason: string | null; answered_by: string | null }[];
  fulfilled_at: number | null;
  late_days: number;
  reason: string | null;
  finding: Finding | null;
  readings: Readings;
  money: MoneyView | null;
  evidence: string[];
  complaints: string[];
  digest: string;
}

export interface PledgeView {
  promise: Pledge;
  fields: Fields;
  names: Names;
}

/** When a trigger happened, as far as the sides state the same day (counted from 1970). */
export interface Confirmed {
  trigger: string;
  day: number | null;
  at: number | null;
  stated: { party: string; day: number; at: number; ref: string; said: number }[];
  waits_for: string[];
  differ: boolean;
  withdrawn: boolean;
}

export interface PromisesView {
  at: number;
  circle: string;
  exercise: boolean;
  digest: string;
  sides: string[];
  facilitators: string[];
  promises: PledgeView[];
  triggers: Confirmed[];
  turned: { ref: string; before: PromiseState | null; after: PromiseState | null; at: number }[];
}

export interface DayState {
  day: number;
  at: number;
  state: PromiseState | null;
  decided: Decided | null;
  reached: number | null;
  needed: number | null;
  of: number | null;
}

export interface Cause {
  ref: string;
  kind: string;
  of: string | null;
  depth: number;
  state: string;
  solved: 'open' | 'done' | 'unknown';
  waits_for: string[];
  again: boolean;
}

export interface Cited {
  ref: string;
  thing: string;
  kind: string;
  party: string;
  said: number;
  names: Names;
}

export interface OnePledge {
  at: number;
  view: PledgeView;
  days: DayState[];
  causes: Cause[];
  trigger: Confirmed | null;
  cited: Cited[];
}

export interface Figure {
  name: string;
  value: number | null;
  of: number | null;
  refs: string[];
  missing: number[];
  /** The commitments and terms by which reports were due. */
  due_by: string[];
}

export interface KeptRecord {
  from: number;
  at: number;
  sides: { party: string; figures: Figure[] }[];
  digest: string;
  cited: Cited[];
}

const query = (values: Record<string, string | number | null>): string =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null).map(([name, value]) => [name, String(value)])).toString();

export const promisesApi = {
  all: (circle: string, at: number | null): Promise<PromisesView> => json('GET', `/accord/promises?${query({ circle, at })}`),
  one: (circle: string, ref: string, at: number | null, days = 30): Promise<OnePledge> => json('GET', `/accord/promises/${ref}?${query({ circle, at, days })}`),
  /** Accept or decline another's commitment as this node holds it. */
  word: (circle: string, about: string, verdict: 'accepted' | 'declined', revision: string, reason?: string) =>
    json<{ ref: string }>('POST', '/accord/words', { circle, about, verdict, revision, ...(reason ? { reason } : {}) }),
  kept: (circle: string, at: number | null): Promise<KeptRecord> => json('GET', `/accord/record?${query({ circle, at })}`),
};
