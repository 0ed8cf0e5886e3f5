// The API of terms of reference, complaints and disputes.

import { json } from './client';
import type { Rule } from './movements';
import type { Fields, Names } from './types';

export type Part = 'parties' | 'lead' | 'answer' | 'ladder' | 'silence' | 'buffers' | 'roles' | 'quorums' | 'cutoffs' | 'manning' | 'complaints' | 'reporting';
export const PARTS: readonly Part[] = ['parties', 'roles', 'lead', 'answer', 'ladder', 'silence', 'buffers', 'quorums', 'cutoffs', 'manning', 'complaints', 'reporting'];
export const ACTS = ['send', 'confirm', 'release', 'decide', 'sign', 'verify', 'investigate'] as const;
export type Act = (typeof ACTS)[number];
export type Verdict = 'accepted' | 'declined' | 'withdrawn';

export interface Given {
  party: string;
  verdict: Verdict | null;
  at: number | null;
  reason: string | null;
}

/** One version: `ref` is the very record. */
export interface TermsVersion {
  ref: string;
  number: number | null;
  said: number;
  words: Given[];
  in_force: boolean;
  since: number | null;
  status: 'proposed' | 'withdrawn' | null;
  fields: Fields;
}

export interface TermsOfParty {
  ref: string;
  party: string;
  versions: TermsVersion[];
}

export interface TermsPage {
  at: number;
  circle: string;
  in_force: string | null;
  may: Record<Act, boolean>;
  terms: TermsOfParty[];
}

export interface Change {
  part: Part;
  how: 'added' | 'removed' | 'changed' | 'moved';
  before: number | null;
  after: number | null;
  old: unknown;
  new: unknown;
}

export interface Affected {
  parties: string[];
  roles: string[];
  bodies: string[];
  centres: string[];
  plans: string[];
  commitments: string[];
  complaints: string[];
}

export interface Diff {
  before: string | null;
  after: string;
  changes: Change[];
  affected: Affected;
}

export const STEPS = ['reply', 'verification', 'finding', 'recommendation', 'execution'] as const;
export type Step = (typeof STEPS)[number];
export type Named = 'action' | 'place' | 'number' | 'by' | 'date';
export type Why =
  | 'not_the_party_complained_against'
  | 'not_by_facilitator_nor_jointly'
  | 'waits_for_the_other_side'
  | 'declined'
  | 'no_such_recommendation'
  | 'not_the_party_named'
  | 'not_confirmed'
  | 'not_done';

/** One step as said; `counted` is since when it counts, `why` why it does not. */
export interface StepWord {
  ref: string;
  party: string;
  step: Step;
  said: number;
  counted: number | null;
  why: Why | null;
  waits_for: string[];
  declined_by: string[];
  missing: Named[];
}

export interface StepDue {
  step: Step;
  state: 'done' | 'unconfirmed' | 'due' | 'late' | 'open' | 'not_needed';
  due: number | null;
  done: number | null;
  late_by: number;
  rule: Rule | null;
  by: string[];
  jointly: boolean;
  words: StepWord[];
}

export interface Task {
  ref: string;
  by: string | null;
  due: number | null;
  rule: Rule | null;
  missing: Named[];
  state: 'executed' | 'waits_for_confirmation' | 'partly' | 'due' | 'late' | 'open';
  done: number | null;
  late_by: number;
}

export type ComplaintState =
  | 'waits_for_reply'
  | 'waits_for_verification'
  | 'waits_for_finding'
  | 'cannot_be_closed'
  | 'not_upheld'
  | 'waits_for_recommendation'
  | 'waits_for_execution'
  | 'executed'
  | 'closed'
  | 'disputed'
  | 'withdrawn'
  | 'erased';

export interface Standing {
  ref: string;
  party: string;
  against: string | null;
  said: number;
  state: ComplaintState;
  late: boolean;
  steps: StepDue[];
  tasks: Task[];
  finding: string | null;
  missing: Named[];
  declined_by: string[];
}

export interface Dispute {
  cause: string;
  kind: 'assessment' | 'finding';
  about: string;
  by: string[];
  files: string[];
}

export interface Complaints {
  at: number;
  circle: string;
  complaints: Standing[];
  disputes: Dispute[];
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;

export const rulesApi = {
  terms: (circle: string) => json<TermsPage>('GET', `/accord/terms?${within(circle)}`),
  diff: (circle: string, after: string, before: string) =>
    json<Diff>('GET', `/accord/terms/diff?${within(circle)}&after=${encodeURIComponent(after)}&before=${encodeURIComponent(before)}`),
  complaints: (circle: string, at: number | null = null) => json<Complaints>('GET', `/accord/complaints?${within(circle)}${at === null ? '' : `&at=${at}`}`),
  close: (circle: string, ref: string) => json<{ ref: string }>('POST', `/accord/complaints/${ref.split('/').map(encodeURIComponent).join('/')}/close?${within(circle)}`),
  openFile: (circle: string, cause: string, names: Names) => json<{ ref: string }>('POST', '/accord/disputes', { circle, cause, names }),
  /** A word on another party's terms or step. */
  word: (circle: string, about: string, verdict: Verdict, reason = '') =>
    json<{ ref: string }>('POST', '/accord/words', { circle, about, verdict, ...(reason ? { reason } : {}) }),
};
