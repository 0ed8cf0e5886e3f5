// The API of movements: how plans stand, collisions with their stories, a private look before announcing.

import { json } from './client';
import type { Fields } from './types';

export type AskLevel = 'inform' | 'acknowledge' | 'no_objection' | 'joint';
export type PlanState =
  | 'informed'
  | 'free'
  | 'waiting'
  | 'objected'
  | 'stale'
  | 'conditional'
  | 'by_rule'
  | 'objected_by_rule'
  | 'not_heard'
  | 'acknowledged'
  | 'agreed'
  | 'ended'
  | 'cancelled'
  | 'erased';
export type Word = 'silent' | 'acknowledged' | 'clear' | 'conditional' | 'accepted' | 'objection' | 'stale';

/** The rule that bit; without `terms` it is what holds where no terms were accepted. */
export interface Rule {
  name: 'lead' | 'answer' | 'ladder' | 'silence' | 'buffers';
  terms: string | null;
  version: number | null;
  number: number | null;
}

export interface Given {
  word: Word;
  ref: string | null;
  revision: string | null;
  at: number | null;
  carried: boolean;
  conditions: string[];
  reason: string | null;
  unknown: string[];
}

/** One side that is asked: why, since when, its word, and while that is missing the clock and the rung. */
export interface AskedParty {
  party: string;
  why: string[];
  given: Given;
  asked_at: number;
  due: number | null;
  late_minutes: number;
  rung: number;
  level: string | null;
  silence: 'no_objection' | 'objection' | null;
  suspended: boolean;
  rules: Rule[];
}

export interface Plan {
  ref: string;
  party: string;
  revision: string;
  revisions: number;
  activity: string | null;
  ask: AskLevel | null;
  state: PlanState;
  phase: 'before' | 'running' | 'over' | 'unknown';
  from: number | null;
  to: number | null;
  announced_at: number;
  said_at: number;
  late_minutes: number;
  after_start: boolean;
  placed: boolean;
  parties: AskedParty[];
  not_heard: string[];
  missing: boolean;
  unlisted: string[];
  crossed: string[];
  terms: string | null;
  rules: Rule[];
}

export interface Meeting {
  one: number;
  other: number;
  from: number;
  to: number;
  distance_m: number;
  at: number;
  lon: number;
  lat: number;
}

export interface Collision {
  id: string;
  plans: [string, string];
  parties: [string, string];
  revisions: [string, string];
  from: number;
  to: number;
  closest: Meeting;
  meetings: number;
  unlisted: string[];
  over: boolean;
  rule: Rule;
  waits_for: { party: string; about: string }[];
  settled: boolean;
}

export interface StoryLine {
  at: number;
  party: string;
  what: 'announced' | 'changed' | 'answer' | 'consent' | 'hotline';
  ref: string;
  about: string | null;
  revision: number | null;
  word: string | null;
  texts: string[];
  lang: string | null;
  urgent: boolean;
}

export type ConsentVerdict = 'accepted' | 'declined' | 'withdrawn';

export interface TermsView {
  ref: string;
  party: string;
  revision: string;
  version: number | null;
  accepted: { party: string; verdict: ConsentVerdict | null }[];
  in_force: boolean;
  withdrawn: boolean;
}

export interface Position {
  ref: string;
  party: string;
  revision: string;
  post: string | null;
  leaves: string | null;
  leaves_at: number | null;
  successor: string | null;
  interim: 'nobody' | 'joint' | 'facilitator' | null;
  state: 'announced' | 'waiting' | 'agreed' | 'declined' | 'done' | 'cancelled' | 'erased';
  consents: { party: string; verdict: ConsentVerdict | null }[];
  entered: { ref: string; said_by: string; by: string | null; at: number | null }[];
  late_minutes: number;
  rules: Rule[];
  alarms: string[];
}

export interface MovementsView {
  at: number;
  parties: string[];
  plans: Plan[];
  collisions: Collision[];
  buffers: { distance_m: number; minutes: number; height_m: number };
  terms_ref: string | null;
  terms: TermsView[];
  positions: Position[];
}

export interface CheckView {
  fit: boolean;
  plan: Plan;
  collisions: Collision[];
  late_minutes: number;
  after_start: boolean;
  rules: Rule[];
  knows: string[];
}

export const movementsApi = {
  view: (circle: string) => json<MovementsView>('GET', `/movements?circle=${encodeURIComponent(circle)}`),
  collision: (circle: string, id: string) =>
    json<{ collision: Collision; said: StoryLine[] }>('GET', `/movements/collisions/${encodeURIComponent(id)}?circle=${encodeURIComponent(circle)}`),
  check: (circle: string, fields: Fields, revises: string | null) =>
    json<CheckView>('POST', '/movements/check', { circle, fields, revises }),
};
