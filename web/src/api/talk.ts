// The API of the talk: files, meetings, bodies, the chain; a word on another's thing; calendars out and in.

import { ask, json } from './client';
import type { PromiseState } from './promises';
import type { Fields, Interval, Lang, Names, Place } from './types';

export type Verdict = 'accepted' | 'declined' | 'withdrawn';
export type Confirmed = 'draft' | 'waiting' | 'confirmed' | 'declined' | 'withdrawn';
export type FileState = 'open' | 'waiting' | 'concluded' | 'dropped';

/** One party's word on the very record; its author has accepted by saying it. */
export interface Word {
  party: string;
  verdict: Verdict | null;
  author: boolean;
  reservation: string | null;
  reason: string | null;
  ref: string | null;
  at: number | null;
  /** The last version before this one that it had accepted. */
  earlier: string | null;
}

export interface SideOfFile {
  party: string;
  ref: string;
  revision: string;
  state: FileState | null;
  owner: string | null;
  since: number | null;
  said: number;
  waits_for: string[];
  note: string | null;
}

export interface Wait {
  ref: string;
  kind: string | null;
  names: Names | null;
  said_by: string[];
  settled: boolean | null;
  ring: boolean;
  /** How a commitment stands; null where it is not in force. */
  promised: PromiseState | null;
}

export interface FileView {
  ref: string;
  party: string;
  names: Names | null;
  text: Names | null;
  parties: string[];
  cause: string | null;
  sides: SideOfFile[];
  silent: string[];
  state: FileState | null;
  waits_for: Wait[];
  waited_for_by: string[];
  step: number;
  holds_up: number;
  free: boolean;
  over: boolean;
}

export interface Files {
  files: FileView[];
  rings: string[][];
}

export interface Component {
  party: string;
  seats: number;
  quorum: number;
  emergency?: number;
}

export interface Membership {
  ref: string;
  thing: string;
  party: string;
  components: Component[];
  status: 'proposed' | 'withdrawn' | 'dissolved' | null;
  since: number | null;
  said: number;
  words: Word[];
  waits_for: string[];
}

export interface BodyView {
  ref: string;
  party: string;
  names: Names | null;
  body_type: string | null;
  parent: string | null;
  centre: string | null;
  area: string | null;
  state: 'in_force' | 'proposed' | 'dissolved' | 'withdrawn' | 'erased';
  in_force: Membership | null;
  proposed: Membership[];
  rivals: string[];
}

export interface AgendaItem {
  names: Names;
  file?: string;
}

export interface Attendance {
  party: string;
  role: string;
  count: number;
}

export interface SideOfMeeting {
  party: string;
  ref: string;
  revision: string;
  status: 'planned' | 'held' | 'cancelled' | null;
  when: Interval | null;
  said: number;
  agenda: AgendaItem[];
  attendance: Attendance[];
  note: string | null;
  reason: string | null;
}

export interface Present extends Attendance {
  said_by: string;
  others: { party: string; count: number }[];
}

export interface PartyQuorum {
  party: string;
  there: number;
  needed: number;
  missing: number;
  rule: 'body' | 'terms';
}

export interface Quorum {
  reached: boolean;
  emergency: boolean;
  parties: PartyQuorum[];
  body: string | null;
  terms: string | null;
}

export interface MinuteItem {
  text: Names;
  agenda?: number;
  decision?: boolean;
}

export interface MinutesView {
  ref: string;
  party: string;
  revision: string;
  version: number;
  said: number;
  state: Confirmed;
  items: MinuteItem[];
  words: Word[];
  waits_for: string[];
  note: string | null;
}

export interface UnderstandingView {
  ref: string;
  party: string;
  revision: string;
  said: number;
  meeting: string | null;
  body: string | null;
  number: number | null;
  names: Names | null;
  text: Names | null;
  files: string[];
  state: Confirmed;
  words: Word[];
  waits_for: string[];
  clauses: string[];
  clash: string[];
}

export type MeetingState = 'planned' | 'held' | 'minuted' | 'cancelled';

export interface MeetingView {
  ref: string;
  party: string;
  revision: string;
  revisions: number;
  names: Names | null;
  body: string | null;
  number: number | null;
  state: MeetingState;
  differ: boolean;
  when: Interval | null;
  place: Place | null;
  venue: string | null;
  emergency: boolean;
  invited: string[];
  agenda: AgendaItem[];
  uid: string | null;
  sides: SideOfMeeting[];
  present: Present[];
  quorum: Quorum | null;
  minutes: MinutesView[];
  understandings: string[];
  clash: string[];
  twins: string[];
}

export interface TalkView {
  circle: string;
  turn: number;
  sides: string[];
  members: string[];
  board: {
    meetings: MeetingView[];
    understandings: UnderstandingView[];
    next_meeting: Record<string, number>;
    next_understanding: Record<string, number>;
  };
  bodies: BodyView[];
}

export interface Step {
  ref: string;
  kind: string;
  party: string;
  names: Names | null;
  number: string | null;
  way: 'before' | 'here' | 'after';
  distance: number;
  said: number;
}

export interface ChainView {
  of: string;
  steps: Step[];
  links: { before: string; after: string; by: string }[];
  broken: { ref: string; by: string; missing: string }[];
  cut: boolean;
}

/** A meeting of a calendar as it would be said. */
export interface Offered {
  uid: string;
  fields: Fields;
  changes: string[];
  meeting: string | null;
  party: string | null;
  revision: string | null;
  older: boolean;
  dropped: Record<string, number>;
  people: number;
  said: string[];
  /** Free text, in which people may be named: told only where it is ticked. */
  description: { note: string; lang: Lang } | null;
}

const within = (circle: string): string => `circle=${encodeURIComponent(circle)}`;

export const talkApi = {
  files: (circle: string) => json<Files>('GET', `/accord/files?${within(circle)}`),
  meetings: (circle: string) => json<TalkView>('GET', `/accord/meetings?${within(circle)}`),
  chain: (circle: string, of: string) => json<ChainView>('GET', `/accord/chain?${within(circle)}&of=${encodeURIComponent(of)}`),
  /** A word on another's thing, as it stood in `revision` (the id of the very record). */
  word: (circle: string, about: string, revision: string, verdict: Verdict, more: { reason?: string; reservation?: string }) =>
    json<{ ref: string }>('POST', '/accord/words', { circle, about, revision, verdict, ...more }),
  calendarPath: (circle: string, lang: Lang, meeting: string | null) =>
    `/accord/calendar?${within(circle)}&lang=${lang}${meeting ? `&meeting=${encodeURIComponent(meeting)}` : ''}`,
  lookAtCalendar: async (circle: string, lang: Lang, file: File) =>
    (await ask('POST', `/accord/calendar/look?${within(circle)}&lang=${lang}`, undefined, file)).json() as Promise<Offered[]>,
  takeCalendar: (circle: string, rows: Offered[]) =>
    json<{ refs: { ref: string }[] }>('POST', '/accord/calendar', {
      release: { circle },
      rows: rows.map(({ uid, fields, revision }) => ({ uid, fields, revision })),
    }),
};
