// The API of reports of incidents beside each other: candidates, files of events, grades, findings, times.

import { json } from './client';
import type { Rule } from './movements';
import type { Fields, Names } from './types';

export type PartName = 'place' | 'time' | 'crowd' | 'kind' | 'casualties' | 'words' | 'rival';
export interface PairPart {
  name: PartName;
  points: number;
  facts: Record<string, number>;
  values: string[];
}
export interface Pair {
  one: string;
  other: string;
  points: number;
  parts: PairPart[];
}
export interface PairWord {
  party: string;
  ref: string;
  word: 'same' | 'not_same';
  said: number;
  reason: string | null;
  unseen: string[];
}
export interface Spoken {
  one: string;
  other: string;
  state: 'same' | 'waits' | 'disputed' | 'not_same';
  words: PairWord[];
  waits_for: string[];
}
export interface Candidates {
  at: number;
  window: { since: number; until: number };
  looked_at: number;
  pairs: Pair[];
  doubles: Pair[];
  spoken: Spoken[];
  /** What places are called that both of a pair name. */
  places: Record<string, Names>;
}
export type EventState = 'reported' | 'corroborated' | 'verified' | 'investigated';
export const STATES: readonly EventState[] = ['reported', 'corroborated', 'verified', 'investigated'];
export interface EventLine {
  refs: string[];
  sides: string[];
  state: EventState;
  circular: boolean;
  at: number;
}
export interface Events {
  events: EventLine[];
  left_out: number;
}
export type FieldName = 'category' | 'place' | 'when' | 'killed' | 'wounded' | 'over';
export interface FieldRow {
  field: FieldName;
  standing: 'agreed' | 'disputed' | 'one_side' | 'unknown';
  says: { party: string; value: unknown; coarse: boolean }[];
  common: unknown;
  apart: number | null;
}
export interface Grade {
  party: string;
  ref: string;
  source: string | null;
  info: number | null;
  said: number;
  reason: string | null;
}
export interface Account {
  ref: string;
  party: string;
  entered_by: string;
  said: number;
  fields: Fields;
  editions: { revision: string; at: number; changed: string[] }[];
  files: number;
  grades: Grade[];
}
export type Named = 'action' | 'place' | 'number' | 'date';
export interface FindingView {
  ref: string;
  party: string;
  revision: string;
  step: 'verified' | 'investigated';
  said: number;
  status: 'open' | 'closed' | 'withdrawn';
  body: Fields;
  missing: Named[];
  counted: number | null;
  why: 'not_named' | 'waits_for_others' | 'declined' | 'not_entitled' | 'not_verified_yet' | 'withdrawn' | null;
  waits_for: string[];
  /** Said to be closed, and it does not name all four: it stands open. */
  closed_unnamed: boolean;
  assents: { party: string; verdict: string; said: number; reason: string | null }[];
}
export interface Link {
  ref: string;
  of: string;
  sure: boolean;
  reasons: { name: 'attachment' | 'quote' | 'press' | 'told_knowing'; values: string[] }[];
}
export interface Permission {
  by: 'one_side' | 'both_sides' | 'facilitator_or_all_sides' | 'all_sides_and_facilitator';
  act: 'send' | 'confirm' | 'verify' | 'investigate';
}
export interface EventFile {
  refs: string[];
  state: EventState;
  circular: boolean;
  sides: string[];
  accounts: Account[];
  rows: FieldRow[];
  sources: { groups: string[][]; links: Link[] };
  findings: FindingView[];
  words: Spoken[];
  confirmed_by: string[];
  changed_since: string[];
}
export interface FileView {
  at: number;
  file: EventFile;
  permissions: Record<EventState, Permission>;
}
export interface SideTimes {
  party: string;
  stage: 'first' | 'amplifying';
  due: number;
  in_time: number;
  late: number;
  missing: number;
  median_minutes: number | null;
}
export interface TimedReport {
  ref: string;
  party: string;
  entered_by: string;
  since: number;
  since_known: boolean;
  clocks: { stage: 'first' | 'amplifying'; due: number; said: number | null; late_by: number; rule: Rule }[];
}
export interface Times {
  at: number;
  sides: SideTimes[];
  daily: { party: string; due: number; in_time: number; late: number; missing: number }[];
  incidents: TimedReport[];
  /** Of these more is due and can still come in time. */
  coming: TimedReport[];
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;
const path = (ref: string): string => ref.split('/').map(encodeURIComponent).join('/');
type Said = { ref: string };

export const incidentsApi = {
  pairs: (circle: string, since: number | null, until: number | null) =>
    json<Candidates>('GET', `/incidents/pairs?${within(circle)}${since === null ? '' : `&since=${since}`}${until === null ? '' : `&until=${until}`}`),
  events: (circle: string) => json<Events>('GET', `/incidents/files?${within(circle)}`),
  file: (circle: string, ref: string) => json<FileView>('GET', `/incidents/files/${path(ref)}?${within(circle)}`),
  times: (circle: string) => json<Times>('GET', `/incidents/times?${within(circle)}`),
  same: (circle: string, one: string, other: string, word: 'same' | 'not_same', reason = '') =>
    json<Said>('POST', '/incidents/same', { circle, one, other, word, ...(reason ? { reason } : {}) }),
  grade: (circle: string, about: string, source: string | null, info: number | null) =>
    json<Said>('POST', '/incidents/grades', { circle, about, ...(source ? { source_grade: source } : {}), ...(info ? { info_grade: info } : {}) }),
  /** A word on the very record that is shown. */
  assent: (circle: string, finding: string, revision: string, verdict: 'accepted' | 'declined', reason = '') =>
    json<Said>('POST', '/incidents/assents', { circle, finding, revision, verdict, ...(reason ? { reason } : {}) }),
  close: (circle: string, finding: string) => json<Said>('POST', `/incidents/findings/${path(finding)}/close?${within(circle)}`),
  sheet: (circle: string, ref: string, lang: string, digits: string, form: 'html' | 'pdf') =>
    `/api/v1/incidents/files/${path(ref)}/sheet.${form}?${within(circle)}&lang=${lang}&digits=${digits}`,
};
