// The API of movements: how plans stand, collisions with their stories, a private look before announcing.

import { json } from './client';
import type { Column, Fields, Names, SayRequest } from './types';

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
  name: 'lead' | 'answer' | 'ladder' | 'silence' | 'buffers' | 'roles' | 'quorums' | 'cutoffs' | 'manning' | 'complaints' | 'reporting';
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

/** One statement about a collision, with the fields that it told. */
export interface StoryLine {
  ref: string;
  party: string;
  kind: string;
  about: string | null;
  said: number;
  fields: Fields;
}

/** `collision` is null where the two plans meet no more. */
export interface CollisionView {
  collision: Collision | null;
  plans: Plan[];
  said: StoryLine[];
}

export type ConsentVerdict = 'accepted' | 'declined' | 'withdrawn';

export interface TermsView {
  ref: string;
  party: string;
  revision: string;
  version: number | null;
  accepted: string[];
  waits_for: string[];
  in_force: boolean;
  fields: Fields;
}

/** A suspension or a denial of access, as told. */
export interface Stop {
  ref: string;
  party: string;
  about: string | null;
  said: number;
  fields: Fields;
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
  circle: string;
  exercise: boolean;
  plans: Plan[];
  collisions: Collision[];
  positions: Position[];
  terms: TermsView[];
  suspensions: Stop[];
  denials: Stop[];
  names: Record<string, Names>;
}

/** Something of others that a draft meets. */
export interface Hit {
  circle: string;
  ref: string;
  revision: string;
  party: string;
  kind: string;
  names: Names;
  meeting: Meeting | null;
  parts: number[];
  withheld: boolean;
}

export interface Checked {
  volumes: unknown[];
  hits: Hit[];
  collisions: number;
  late: Record<string, number>;
  /** Live plans of one's own that it overlaps. */
  own: Hit[];
  rules: Record<string, Rule[]>;
}

/** Beside a file: what it does not say itself. */
export interface Beside {
  from?: number;
  to?: number;
  width_m?: number;
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;

export const movementsApi = {
  view: (circle: string) => json<MovementsView>('GET', `/movements?${within(circle)}`),
  collision: (circle: string, id: string) =>
    json<CollisionView>('GET', `/movements/collisions/${encodeURIComponent(id)}?${within(circle)}`),
  /** What a plan meets in this node's other circles, which its author cannot see. */
  elsewhere: (circle: string, ref: string) => json<Hit[]>('GET', `/movements/elsewhere?${within(circle)}&plan=${encodeURIComponent(ref)}`),
  check: (circle: string, volumes: unknown[], activity: string | null, revises: string | null) =>
    json<Checked>('POST', '/movements/check', { circle, volumes, activity, revises }),
  read: (circle: string, name: string, text: string, beside: Beside) =>
    json<Checked>('POST', '/movements/check', { circle, name, text, beside }),
  /** The fields as they will be said: with the plans near it that it has to list. */
  withKnown: async (said: SayRequest): Promise<Fields> => {
    const asked = { release: said.releases[0], fields: said.fields, revises: said.revises };
    return (await json<{ columns: Column[]; fields: Fields }>('POST', '/movements/preview', asked)).fields;
  },
};
