// The API of centres: what each side states, readiness, rosters against what was agreed, the twin log, hand-overs.

import { json } from './client';
import type { Names, Place } from './types';

export type CentreState = 'agreed' | 'preparing' | 'active' | 'suspended' | 'closed';
export type Difference = 'state' | 'since' | 'place' | 'names';
type Precision = 'day' | 'month';

export interface Stand {
  party: string;
  side: boolean;
  ref: string | null;
  revision: string | null;
  state: CentreState | null;
  since: number | null;
  precision: Precision | null;
  said: number | null;
  place: Place | null;
  names: Names;
  reason: string | null;
  /** What may follow by the life cycle. */
  next: CentreState[];
}

export interface Dates {
  state: CentreState;
  given: { party: string; since: number; precision: Precision; ref: string }[];
  differ: boolean;
}

export interface Step {
  party: string;
  ref: string;
  revision: string;
  said: number;
  state: CentreState | null;
  since: number | null;
  precision: Precision | null;
  lawful: boolean;
  place: Place | null;
  reason: string | null;
}

/** `state` is that of every side; null where they differ or one of them is silent. */
export interface Centre {
  ref: string;
  party: string;
  names: Names;
  place: Place | null;
  stands: Stand[];
  state: CentreState | null;
  at_work: boolean;
  silent: string[];
  differ: Difference[];
  dates: Dates[];
  history: Step[];
  refs: string[];
}

export interface CentreRow {
  centre: Centre;
  points: number;
  open_points: number;
  signed_off: boolean;
  short: string[];
  waiting: number;
}

export interface CentresView {
  at: number;
  circle: string;
  sides: string[];
  centres: CentreRow[];
}

export type PointState = 'open' | 'ready' | 'not_needed';

export interface ReadyRow {
  key: string;
  names: Names;
  words: { party: string; state: PointState | null; by: string | null; due: number | null; remark: string | null }[];
  done: boolean;
  waits_for: string[];
  late: boolean;
}

export interface Ready {
  rows: ReadyRow[];
  lists: { party: string; ref: string | null; revision: string | null; said: number | null; done: number; of: number }[];
  signed_off: boolean;
  open: string[];
}

export interface Span {
  from: number;
  to: number;
  strength: number;
}

export interface Shortfall extends Span {
  required: number;
}

export interface SideRoster {
  party: string;
  required: { strength: number; by: 'terms' | 'commitment'; ref: string | null } | null;
  planned: Span[];
  served: Span[];
  counted: Span[];
  days: { start: number; counted: 'planned' | 'served' | null; least: number; most: number; short: boolean; ref: string | null }[];
  shortfalls: Shortfall[];
  unsaid: number;
}

export interface LogLine {
  ref: string;
  party: string;
  revision: string;
  said: number;
  from: number;
  to: number | null;
  category: string | null;
  title: Names;
  text: string | null;
  lang: string | null;
  means: string | null;
  versions: number;
  corrects: string | null;
  matches: string[];
  confirmed_by: string[];
  actors: string[];
}

export interface Candidate {
  one: string;
  other: string;
  minutes: number;
  same_category: boolean;
  words: string[];
}

export interface LogRow {
  at: number;
  state: 'matched' | 'confirmed' | 'alone';
  refs: string[];
}

export interface TwinLog {
  lines: LogLine[];
  rows: LogRow[];
  candidates: Candidate[];
  left_out: number;
}

export interface HandingOver {
  ref: string;
  party: string;
  revision: string;
  from: number | null;
  to: number | null;
  put: number;
  taken: number | null;
  standing: 'put' | 'refused' | 'taken' | 'signed' | 'declined' | 'erased';
  waits_for: string[];
  waited_ms: number;
  words: {
    party: string;
    verdict: 'accepted' | 'declined' | 'withdrawn' | null;
    current: boolean;
    at: number | null;
    reason: string | null;
    reservation: string | null;
  }[];
  open: { ref: string; times: number; since: number }[];
  closed: string[];
  text: string | null;
  systems: string | null;
  next: string | null;
  reason: string | null;
  lang: string | null;
}

export interface CentreView {
  at: number;
  circle: string;
  sides: string[];
  centre: Centre;
  readiness: Ready;
  /** Points that were open when a party said it active, by that very record (`party/id`). */
  opened_with: Record<string, string[]>;
  first_day: number;
  rosters: SideRoster[];
  shortfalls_now: Record<string, Shortfall>;
  log: TwinLog;
  handovers: HandingOver[];
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;

export const centresApi = {
  list: (circle: string) => json<CentresView>('GET', `/accord/centres?${within(circle)}`),
  /** With rosters of a week from that day on; from the day before today where it is left out. */
  one: (circle: string, ref: string, start: number | null) =>
    json<CentreView>('GET', `/accord/centres/${ref.split('/').map(encodeURIComponent).join('/')}?${within(circle)}${start === null ? '' : `&start=${start}`}`),
};
