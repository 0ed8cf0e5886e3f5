// The API of requests, the hotline and the watch.

import type { HandingOver, TwinLog, LogLine } from './centres';
import { json } from './client';
import type { Rule } from './movements';
import type { Column, Fields, Names } from './types';

export const TYPES = ['information', 'support', 'verification', 'passage'] as const;
export type RequestType = (typeof TYPES)[number];
export const LEVELS = ['desk', 'centre', 'operations', 'command', 'ministry', 'committee'] as const;
export type Level = (typeof LEVELS)[number];
export type RequestState = 'open' | 'taken' | 'answered' | 'refused' | 'withdrawn' | 'erased';
export type StepName = 'taken' | 'answered' | 'refused' | 'escalated';

export interface Clock {
  name: 'taken' | 'answered';
  since: number;
  due: number | null;
  done: number | null;
  late_by: number;
  rule: Rule | null;
}
export interface StepView {
  ref: string;
  party: string;
  step: StepName | null;
  said: number;
  owner: string | null;
  text: string | null;
  reason: string | null;
  level: Level | null;
  records: string[];
  lang: string | null;
  why: 'not_asked' | 'no_text' | 'no_reason' | 'no_level' | 'erased' | null;
}
export interface PartyStands {
  party: string;
  asked: number;
  state: 'waiting' | 'taken' | 'answered' | 'refused' | 'withdrawn';
  owner: string | null;
  taken: Clock;
  answered: Clock;
  rung: number;
  level: Level | null;
  escalated: string | null;
  rules: Rule[];
  changed_since: boolean;
}
export interface RequestStanding {
  ref: string;
  party: string;
  revision: string;
  revisions: number;
  said: number;
  request_type: RequestType | null;
  about: string | null;
  state: RequestState;
  waits_for: string[];
  due: number | null;
  late_by: number;
  level: Level | null;
  parties: PartyStands[];
  steps: StepView[];
  text: string | null;
  lang: string | null;
  reason: string | null;
  terms: string | null;
}
export interface SideFigures {
  party: string;
  put: number;
  asked: number;
  waiting: number;
  answered: number;
  refused: number;
  in_time: number;
  late: number;
  no_clock: number;
  median_minutes: number | null;
}
export interface Board {
  at: number;
  circle: string;
  requests: RequestStanding[];
  left_out: number;
  sides: SideFigures[];
  ladder: { after_minutes: number; level: Level }[];
  terms: string | null;
}

/** Of a circle: the requests that wait for this side, how many of them are late, the soonest due. */
export interface Waiting {
  circle: string;
  waiting: number;
  late: number;
  due: number | null;
}

export interface Receiver {
  party: string;
  step: 'sent' | 'received' | 'read' | 'answered';
  received: boolean;
  read: number | null;
  answered: number | null;
  mark: string | null;
  answer: string | null;
}
export interface HotlineWord {
  ref: string;
  party: string;
  revision: string;
  said: number;
  urgent: boolean;
  to: string[];
  receivers: Receiver[];
  answers: string | null;
  text: string | null;
  lang: string | null;
}
export interface Hotline {
  at: number;
  words: HotlineWord[];
  left_out: number;
  unread: string[];
  ringing: string[];
  over: boolean;
  /** What was said up to then (ms) rings no longer. */
  quiet: number;
}
export interface Ring {
  circle: string;
  word: HotlineWord;
}

export interface OnDuty {
  party: string;
  counted: 'planned' | 'served' | null;
  roles: Record<string, number>;
  strength: number;
  until: number | null;
  required: { strength: number; by: 'terms' | 'commitment'; ref: string | null } | null;
  short: boolean;
}
export interface WatchView {
  at: number;
  circle: string;
  sides: string[];
  places: { ref: string; names: Names; at_work: boolean; duty: OnDuty[]; handover: HandingOver | null }[];
  log: TwinLog;
  own: LogLine[];
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;
const path = (ref: string): string => ref.split('/').map(encodeURIComponent).join('/');
type Said = { ref: string };
type Seen = { columns: Column[] };
const stepOf = (circle: string, one: RequestStanding, step: StepName, fields: Fields): Fields => ({ circle, request: one.ref, revision: one.revision, step, ...fields });
const withdrawal = (circle: string, reason: string): Fields => ({ circle, ...(reason ? { reason } : {}) });

export const requestsApi = {
  board: (circle: string) => json<Board>('GET', `/incidents/requests?${within(circle)}`),
  one: (circle: string, ref: string) => json<RequestStanding>('GET', `/incidents/requests/${path(ref)}?${within(circle)}`),
  /** A step on the very request that is shown. */
  step: (circle: string, one: RequestStanding, step: StepName, fields: Fields) =>
    json<Said>('POST', '/incidents/requests/steps', stepOf(circle, one, step, fields)),
  previewStep: (circle: string, one: RequestStanding, step: StepName, fields: Fields) =>
    json<Seen>('POST', '/incidents/requests/steps/preview', stepOf(circle, one, step, fields)),
  withdraw: (circle: string, ref: string, reason: string) => json<Said>('POST', `/incidents/requests/${path(ref)}/withdraw`, withdrawal(circle, reason)),
  previewWithdrawal: (circle: string, ref: string, reason: string) => json<Seen>('POST', `/incidents/requests/${path(ref)}/withdraw/preview`, withdrawal(circle, reason)),
  waiting: () => json<{ at: number; circles: Waiting[] }>('GET', '/incidents/waiting'),
  hotline: (circle: string) => json<Hotline>('GET', `/incidents/messages?${within(circle)}`),
  ringing: () => json<{ at: number; rings: Ring[] }>('GET', '/incidents/ringing'),
  send: (circle: string, fields: Fields) => json<Said>('POST', '/incidents/messages', { circle, ...fields }),
  previewMessage: (circle: string, fields: Fields) => json<Seen>('POST', '/incidents/messages/preview', { circle, ...fields }),
  read: (circle: string, word: HotlineWord) => json<Said>('POST', `/incidents/messages/${path(word.ref)}/read`, { circle, revision: word.revision }),
  watch: (circle: string) => json<WatchView>('GET', `/incidents/watch?${within(circle)}`),
  call: (circle: string, fields: Fields) => json<Said>('POST', '/incidents/calls', { circle, ...fields }),
  previewCall: (circle: string, fields: Fields) => json<Seen>('POST', '/incidents/calls/preview', { circle, ...fields }),
};
