// The shapes of docs/integrators/api.md. No floats: degrees × 10⁷, Unix milliseconds, metres.

export type Lang = 'ar' | 'ckb' | 'en';
export type Names = Partial<Record<Lang, string>>;
export type Tlp = 'RED' | 'AMBER+STRICT' | 'AMBER' | 'GREEN' | 'CLEAR';

export interface Session {
  user: string;
  desk: string;
  roles: string[];
}

export interface PartyInfo {
  id: string;
  names: Names;
  role: string;
  self: boolean;
  last_head: number | null;
  reachable: boolean;
  heard: number | null;
}

export interface CircleInfo {
  id: string;
  epoch: number;
  names: Names;
  members: string[];
  exercise: boolean;
  private: boolean;
}

export interface NodeInfo {
  version: string;
  now: number;
  party: { id: string; names: Names; role: string };
  exercise: boolean;
  parties: PartyInfo[];
  circles: CircleInfo[];
  clock: { scenario: boolean; from: number; to: number } | null;
  warnings: { code: string; message: string }[];
}

export interface Place {
  lat: number;
  lon: number;
  accuracy: number;
  names?: Names;
  gazetteer?: string;
}

export interface Cell {
  lat: number;
  lon: number;
  size: number;
  mgrs: string;
}

export interface Interval {
  from: number;
  to: number | null;
}

export interface Count {
  min: number;
  max: number;
}

export interface Label {
  policy: string;
  classification: string;
  tlp: Tlp;
  to: string[];
}

export type Fields = Record<string, unknown>;

export interface PictureObject {
  seq: number;
  kind: string;
  ref: string;
  party: string;
  id: string;
  circle: string;
  about: string | null;
  at: number;
  said: number;
  desk?: string;
  role?: string;
  label: Label;
  exercise: boolean;
  fields: Fields;
  own: Fields | null;
  versions: number;
  tells: number;
  unreadable?: string | null;
}

export interface PicturePage {
  seq: number;
  objects: PictureObject[];
  more: boolean;
}

export interface HistoryLine {
  index: number;
  said: number;
  desk: string;
  role: string;
  type: string;
  told: string[];
  size: number;
}

/** A file laid ready on this node: what it is, how large it is here and on the line, what was taken out of it. */
export interface Ready {
  id: string;
  media: string;
  size: number;
  travels: number;
  removed: number;
  cleaned: boolean;
}

export interface Attached {
  digest: string;
  index: number;
  state: 'held' | 'on_its_way' | 'erased';
  media: string | null;
  ending: string | null;
  size: number | null;
  received: number;
  travels: number;
  image: boolean;
}

export interface RecordView {
  object: PictureObject;
  history: HistoryLine[];
  withheld: string[];
  ledger: { origin: string; index: number; size: number };
  times: {
    claimed: number;
    received: number;
    not_before: number | null;
    not_after: number | null;
    outside: boolean;
  };
  receipts: { party: string; held_since: number | null }[];
  label: Label;
  exercise: boolean;
  attachments: Attached[];
}

export interface Release {
  circle: string;
  label: Label;
  withhold: string[];
  grid: number;
  hour: number;
}

export interface SayRequest {
  kind: string;
  fields: Fields;
  revises: string | null;
  about: string | null;
  releases: Release[];
  attachments: string[];
}

export interface Column {
  party: string;
  names: Names;
  self: boolean;
  fields: Fields | null;
  withheld: string[];
  circles: string[];
  attachments: Ready[];
}

export interface SaidRef {
  circle: string;
  ref: string;
  index: number;
}

export interface LedgerView {
  origin: string;
  hash: string;
  party: string;
  circle: string;
  own?: boolean;
  size: number;
  root: string;
  checkpoint_at: number | null;
  received?: number | null;
  age_ms: number | null;
  receipts: { party: string; size: number; at: number }[];
  frozen: boolean;
}

export interface Refusal {
  at: number;
  peer: string;
  code: string;
  message: string;
  origin: string;
}

export interface Ledgers {
  ledgers: LedgerView[];
  refusals: Refusal[];
}

export interface FoundPlace {
  id: string;
  names: Names;
  lat: number;
  lon: number;
  accuracy: number;
  precision: string;
  kind: string;
  score: number;
}

export interface Verdict {
  ok: boolean;
  lines: string[];
}
