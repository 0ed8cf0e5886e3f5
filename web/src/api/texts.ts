// The API of texts: the list, one text with its brackets, one clause with its history; wordings, positions, comments.

import { json } from './client';
import type { Column, Lang, Names, SaidRef } from './types';

export type ClausePart = 'preamble' | 'definition' | 'article' | 'clause' | 'final' | 'annex';
export type ClauseStanding = 'agreed' | 'left_out' | 'open' | 'gone';
export type Stance = 'accept' | 'accept_if' | 'object' | 'reserve';
export type Reason = 'frame' | 'no_clauses' | 'not_accepted' | 'own' | 'crossed' | 'missing' | 'behind' | 'differs' | 'same_place' | 'amended';
export type Field = 'heading' | 'term' | 'text';
export type ByLang = Partial<Record<Lang, string>>;

export interface TextLine {
  ref: string;
  party: string;
  revision: string;
  names: Names | null;
  path: string | null;
  sides: string[];
  authentic: Lang[];
  prevailing: Lang | null;
  amends: string | null;
  status: 'drafting' | 'withdrawn' | 'ended';
  said: number;
  counts: Record<'agreed' | 'left_out' | 'open', number>;
  /** When the last of its parties signed; null while one is missing. */
  signed_at: number | null;
}

/** Words that all wordings have, or what each of them has there: numbers of wordings and their words. */
export type Run = string | [number[], string][];
export type Runs = Partial<Record<Lang, Run[]>>;

export interface TextPosition {
  party: string;
  verdict: Stance | null;
  ref: string;
  revision: string;
  at: number;
  condition?: ByLang;
  reason?: string;
  concordant?: Lang[];
  discordant?: Lang[];
}

export interface Discord {
  language: Lang;
  kind: 'missing' | 'behind' | 'differs';
  parties: string[];
}

export interface TermWarning {
  found_in: Lang;
  found: string;
  missing_in: Lang;
  expected: string[];
}

export interface Wording {
  ref: string;
  thing: string;
  parties: string[];
  stands: string[];
  order: number[];
  struck?: boolean;
  positions?: TextPosition[];
  discords?: Discord[];
  warnings?: TermWarning[];
}

export interface Clash {
  kind: 'own' | 'crossing' | 'crossed';
  refs: string[];
}

export interface ClauseRow {
  key: string;
  order: number[];
  part: ClausePart;
  state: ClauseStanding;
  shown: number[];
  wordings: Wording[];
  heading?: Runs;
  term?: Runs;
  text?: Runs;
  stale?: TextPosition[];
  clashes?: Clash[];
  versions?: number;
  comments?: number;
  moved?: boolean;
}

export interface Point {
  clause: string;
  why: Reason;
  parties: string[];
  language: Lang | null;
}

export interface TextView extends Omit<TextLine, 'said' | 'counts'> {
  turn: number;
  clauses: ClauseRow[];
  gone: string[];
  points: Point[];
  digest: string | null;
}

export interface Piece {
  op: 'same' | 'spelled' | 'gone' | 'new';
  before?: string;
  after?: string;
}
export type Differences = Partial<Record<Field, Partial<Record<Lang, Piece[]>>>>;

export interface Offer {
  ref: string;
  thing: string;
  party: string;
  said: number;
  status: 'offered' | 'struck' | 'withdrawn';
  order?: number[];
  part?: ClausePart;
  heading?: ByLang;
  term?: ByLang;
  text?: ByLang;
  base?: string;
  older?: boolean;
  note?: string;
  concordant?: Lang[];
  wording?: number;
  differs?: Differences;
  unseen?: string[];
  positions?: TextPosition[];
}

export interface TextComment {
  ref: string;
  party: string;
  said: number;
  text: string;
  about: string;
  revision: string | null;
  resolved: boolean;
}

export interface ClauseView {
  turn: number;
  text: string;
  authentic: Lang[];
  sides: string[];
  clause: ClauseRow;
  points: Point[];
  history: Offer[];
  comments: TextComment[];
  /** Of an amendment: whether the text that it amends has this clause, and how each wording reads otherwise. */
  before?: 'new' | 'held';
  against?: Record<string, Differences>;
}

export interface OfferRequest {
  circle: string;
  key?: string;
  order?: number[];
  part?: ClausePart;
  heading?: ByLang;
  term?: ByLang;
  text?: ByLang;
  status?: Offer['status'];
  concordant?: Lang[];
  note?: string;
  /** The very record that it was written against, and this party's latest at that time. */
  revision?: string;
  own?: string;
  anyway?: boolean;
}

export interface PositionRequest {
  circle: string;
  revision: string;
  verdict?: Stance;
  condition?: ByLang;
  reason?: string;
  concordant?: Lang[];
  discordant?: Lang[];
  lang?: Lang;
}

export interface Comparison {
  pieces: Partial<Record<Lang, Piece[]>>;
  warnings: TermWarning[];
}

const at = (text: string): string => `/accord/texts/${text.split('/').map(encodeURIComponent).join('/')}`;
const inCircle = (circle: string): string => `circle=${encodeURIComponent(circle)}`;

export const textsApi = {
  list: (circle: string) => json<{ turn: number; texts: TextLine[] }>('GET', `/accord/texts?${inCircle(circle)}`),
  text: (circle: string, text: string) => json<TextView>('GET', `${at(text)}?${inCircle(circle)}`),
  clause: (circle: string, text: string, key: string) =>
    json<ClauseView>('GET', `${at(text)}/clauses/${encodeURIComponent(key)}?${inCircle(circle)}`),
  difference: (circle: string, text: string, key: string, one: string, other: string) =>
    json<Differences>('GET', `${at(text)}/clauses/${encodeURIComponent(key)}/difference?${inCircle(circle)}&one=${encodeURIComponent(one)}&other=${encodeURIComponent(other)}`),
  compare: (circle: string, text: string, before: ByLang, after: ByLang) =>
    json<Comparison>('POST', `${at(text)}/compare`, { circle, before, after }),
  takeOver: (circle: string, text: string) => json<{ refs: SaidRef[] }>('POST', `${at(text)}/take-over`, { circle }),
  preview: (text: string, asked: OfferRequest) => json<{ columns: Column[] }>('POST', `${at(text)}/preview`, asked),
  offer: (text: string, asked: OfferRequest) => json<SaidRef & { key: string }>('POST', `${at(text)}/clauses`, asked),
  position: (asked: PositionRequest) => json<SaidRef>('POST', '/accord/positions', asked),
  comment: (circle: string, about: string, text: string, revision: string | null, lang: Lang) =>
    json<SaidRef>('POST', '/accord/comments', { circle, about, text, revision, lang }),
};
