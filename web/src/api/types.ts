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
  forks: ForkAlarm[];
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
  erased: boolean;
  /** In which epoch of the circle, and its latest entry in the ledger there. */
  epoch: number;
  index: number;
  /** A claimed time of it is disproven. */
  outside: boolean;
  /** Long fields were left out: the record itself has them. */
  partial?: boolean;
}

export interface PicturePage {
  seq: number;
  objects: PictureObject[];
  more: boolean;
  /** Reports of incidents were left out: there are too many to be held here. */
  apart: boolean;
}

export interface HistoryLine {
  index: number;
  said: number;
  desk: string;
  role: string;
  type: string;
  told: string[];
  size: number;
  outside: boolean;
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
  ledger: { origin: string; index: number; size: number; frozen: boolean; bound: number | null };
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
  acknowledgement: Acknowledgement;
  erasure: Erasure | null;
}

export type AckState = 'unsent' | 'sent' | 'held' | 'acknowledged';

export interface Acknowledgement {
  state: AckState;
  held_by: string[];
  seen_by: string[];
  missing: string[];
}

export interface Erasure {
  index: number;
  at: number;
  reason: string | null;
  answered: { party: string; at: number }[];
  waiting: string[];
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
  /** Shown to the others at once. */
  urgent?: boolean;
  /** A centre is at work although points of its readiness lists are open. */
  on_purpose?: boolean;
  /** A UUIDv7: sent again with the same, it is said once. */
  once?: string;
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
  epoch: number;
  witnesses: { party: string; name: string; size: number; at: number; post_quantum: boolean }[];
  /** Entries below these numbers were shown, are held by somebody, satisfy the circle's policy. */
  reach: { sent: number; held: number; acknowledged: number };
  /** Sizes with the time by which all below was held or seen by another party. */
  proven: [number, number][];
  sealed: number | null;
  bound: number | null;
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
  kind?: 'fork';
  lines: string[];
}

export interface ForkAlarm {
  origin: string;
  hash: string;
  party: string;
  circle: string;
  epoch: number;
  own: boolean;
  at: number;
  peer: string;
}

export interface ForkHead {
  size: number;
  root: string;
  note: string;
}

export interface ForkView {
  alarm: ForkAlarm;
  kind: 'same-size' | 'extension';
  key: string;
  first: ForkHead;
  second: ForkHead;
}

export interface Standing {
  origin: string;
  circle: string;
  epoch: number;
  state: 'behind' | 'unmarked' | 'stopped';
  held: number;
  left: number;
  forked: boolean;
}

export interface PolicyRule {
  name: string;
  party: string | null;
  holder: 'group' | 'receipt' | 'witness' | 'outside';
  post_quantum: boolean;
  threshold: number;
  members: PolicyRule[];
}

export interface PolicyView {
  circle: string;
  own: boolean;
  rule: PolicyRule | null;
  text: string;
}

export interface Proposal {
  id: string;
  circle: string;
  epoch: number;
  members: { party: string; change: 'joins' | 'stays' | 'leaves'; keys: string[]; pinned: boolean; signed: boolean }[];
  missing: string[];
  yours: boolean;
}

export interface BundleRequest {
  circles: string[];
  to: string[];
  part_size: number;
  since_receipts: boolean;
}

export interface MadeBundle {
  id: string;
  to: string[];
  ledgers: { origin: string; start: number; size: number }[];
  files: { name: string; bytes: number }[];
  parts: { name: string; bytes: number }[];
}

export interface BundleRead {
  by: string;
  made: number;
  entries: number;
  receipts: number;
  ledgers: { origin: string; entries: number; receipts: number; size: number; refused: string | null; message: string }[];
  cards: { party: string; fingerprint: string; state: string }[];
  circles: string[];
}

export interface Taken {
  report: BundleRead | null;
  parts: { whole: string; count: number; missing: number[]; ranges: string } | null;
}
