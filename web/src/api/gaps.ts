// The API of the analysis of gaps: runs with what-if edits, the siting of further posts, layers of ground. Degrees are
// real degrees here, as GIS has them: nothing of it is signed.

import type { MultiPolygon, Polygon } from 'geojson';
import { ask, json } from './client';
import { readPiece, sheetOf } from './pixels';
import type { Fields, Names } from './types';

export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** What is done differently from what is said: nothing of it leaves the desk before it is released. */
export interface Edits {
  move: Record<string, [number, number]>;
  add: AddedPost[];
  remove: string[];
  hours: Record<string, string>;
  /** Metres by day and by night. */
  ranges: Record<string, [number, number]>;
  close: string[];
  patrols: AddedPatrol[];
}

/** A post that is thought of. */
export interface AddedPost {
  party: string;
  lon: number;
  lat: number;
  height_m: number;
  range_day_m: number;
  range_night_m: number;
  /** 168 signs; around the clock where none are said. */
  hours?: string;
}

export interface AddedPatrol {
  party: string;
  path: [number, number][];
  width_m: number;
  hours: string;
}

/** The ground that travel is reckoned on: as good as could be, as usual, wet. */
export const CONDITIONS = ['fast', 'nominal', 'wet'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface RunOptions {
  exact?: boolean;
  reach_minutes?: number;
  condition?: Condition;
  /** Travel times in every condition. */
  interval?: boolean;
  /** Standard deviation of the heights (m), and over how many kilometres errors hang together. */
  error_m?: number;
  error_km?: number;
}

export interface RunRequest {
  circle: string;
  /** An area, or the two lines that the ground lies between. */
  area?: string;
  between?: [string, string];
  cell: number;
  options: RunOptions;
  draft?: Edits;
  /** Compared with how it stood a week ago. */
  trend?: boolean;
}

export interface RunStatus {
  state: RunState;
  stage: string;
  progress: number;
  code?: string;
  message?: string;
}

export interface BasedOn {
  posts: number;
  patrols: number;
  bases: number;
  coverage: number;
  coarse: number;
  withheld: number;
}

/** One class of hours that are alike, in square kilometres. */
export interface HourClass {
  open_km2: number;
  unknown_km2: number;
  covered_km2: Record<string, number>;
  both_km2: number;
}

export interface Gap {
  id: string;
  /** Not known while a draft is followed, and neither is the rank. */
  polygon: Polygon | MultiPolygon | null;
  area_km2: number;
  classes_open: number[];
  hours_per_week: number;
  hours: string;
  depth_m: number | null;
  nearest: Record<string, { ref: string | null; metres: number | null; seconds: number | null; times?: Record<Condition, number | null> | null }>;
  /** `found` of them a side found by watching; the rate is that of the others, per 100 km² and year. */
  incidents: {
    count: number;
    found?: number;
    rate: number | null;
    low: number | null;
    high: number | null;
    watched_km2_hours?: number;
    /** Of the found ones, per 100 km² and year of watching; null where nobody watched. */
    found_rate?: { mean: number; low: number; high: number } | null;
  };
  /** What elevation error leaves to expect open: km²·h in the week, km² by class of hours. */
  expected?: { week: Spread; hours: Record<string, Spread> } | null;
  settlements: number;
  roads_km: number;
  exposure: number;
  /** What the exposure is made of: km²-hours a week, the rate, what lies in it. */
  parts?: { area_hours: number; rate: number; at_stake: number };
  rank: number | null;
  rank_without: Record<string, number | null>;
  trend: number | null;
}

/** A mean, and the bounds between which nine draws in ten lie. */
export interface Spread {
  mean: number;
  low: number;
  high: number;
}

export interface Bridge {
  id: string;
  names?: Names;
  lon: number;
  lat: number;
}

export interface GapsAnswer {
  digest: string;
  engine: string;
  area: string;
  grid: { epsg: number; cell: number; rows: number; cols: number; bounds: [number, number, number, number] };
  parties: string[];
  based_on: Record<string, BasedOn>;
  missing: string[];
  classes: number[];
  hours: HourClass[];
  gaps: Gap[];
  /** Open ground (km²) in each hour of the week before, where it was asked for. */
  week_before?: number[] | null;
  expected?: { draws: number; level: number; week: Spread; hours: Spread[] } | null;
  /** Gaps too small to be listed. */
  left_out?: { gaps: number; km2_hours: number };
  bridges?: Bridge[];
  parameters: Record<string, unknown>;
}

/** Pixels of a picture: from `x` and `y` on, `w` across and `h` down. */
export interface Part {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The ground of an hour, a state for each pixel, and where on earth its edges are (west, south, east, north). */
export interface Sheet {
  width: number;
  height: number;
  bounds: [number, number, number, number];
  states: Uint8Array;
  /** What changed since it was painted last; whoever paints takes it out. */
  fresh: Part[];
}

export interface DraftRequest {
  draft: Edits;
  hour: number;
  party: string;
  held: number;
}

/** What changes with a draft, at once. `same` is the gap of the answer that is still the same ground. */
export interface DraftAnswer {
  held: number;
  classes: number[];
  hours: HourClass[];
  gaps: { key: string; band: string; area_km2: number; hours_per_week: number; classes_open: number[]; same: string | null }[];
  left_out: { gaps: number; km2_hours: number };
}

/** A part of a picture as it comes from the node: of which picture, which pixels, their states. */
export interface Piece {
  picture: { width: number; height: number; bounds: [number, number, number, number] } & Part;
  states: Uint8Array;
}

export interface SitingRequest {
  k: number;
  budget: number | null;
  fairness: number | null;
}

export interface Siting {
  state: RunState;
  chosen: { lon: number; lat: number; gain_km2h: number; party: string; hours: string }[];
  closes_km2h: number | null;
  share: number | null;
  bound: number | null;
  proof: { state: RunState | 'proven'; share: number | null };
  /** What kind of post was reckoned with. */
  assumed: { height_m: number; day_m: number; night_m: number } | null;
  message?: string;
}

export interface RoundsRequest extends SitingRequest {
  hours: number;
}

/** A daily patrol that is proposed: where it leads and when it is where. */
export interface Round extends AddedPatrol {
  base: string;
  mobility: string;
  start: number;
  seconds: number;
  stops: { lon: number; lat: number; after_s: number }[];
  gain_km2h: number;
  vehicle_hours: number;
}

export interface Rounds {
  state: RunState;
  rounds: Round[];
  closes_km2h: number | null;
  share: number | null;
  /** No such patrols close more than this. */
  most_km2h: number | null;
  bound: number | null;
  message?: string;
}

export interface ScanOptions {
  radius_m: number;
  days: number;
  incident_days: number;
  back: boolean;
}

export interface Cluster {
  lon: number;
  lat: number;
  radius_m: number;
  first: string;
  last: string;
  seen: number;
  expected: number;
  p: number;
  told_by: Record<string, number>;
  found: number;
  /** The p-value of what is left of it without the reports of a party; null where nothing is. */
  without: Record<string, number | null>;
}

export interface ScanAnswer {
  digest: string;
  first: string;
  last: string;
  incidents: number;
  left_out: number;
  options: ScanOptions & { worlds: number; seed: number };
  clusters: Cluster[];
}

/** The incidents that a scan counts, drawn smoothly: the bandwidth beside it, per cent of the highest in the sheet. */
export interface Density {
  bandwidth_m: number;
  /** Whose bandwidth it is: the reader's, or a rule of thumb's. */
  chosen: 'user' | 'silverman';
  incidents: number;
  highest_per_km2: number;
}

export interface ScanStatus {
  state: RunState;
  progress: number;
  answer?: ScanAnswer;
  message?: string;
}

export type LayerKind = 'elevation' | 'roads' | 'barriers' | 'settlements' | 'landcover';

/** What is known of a layer, or would be of files that are only looked at; what is as usual is left out. */
export interface LayerFacts {
  kind: LayerKind;
  crs: string;
  extent: [number, number, number, number];
  resolution_m?: number | null;
  lowest?: number | null;
  highest?: number | null;
  voids?: number;
  features?: number;
  skipped?: number;
  /** How many features, or pixels, of each class. */
  classes?: Record<string, number>;
  /** Columns that are not kept. */
  dropped?: string[];
  repaired?: number;
  synthetic?: boolean;
}

export interface Caveat {
  code: string;
  text: string;
}

export interface LayerView<Facts = LayerFacts & { digest: string; name: string; source: string }> {
  layer: Facts;
  caveats: Caveat[];
}

export interface LayerWish {
  kind: LayerKind;
  name: string;
  source: string;
  datum: string;
  model: string;
  repair: boolean;
  /** Cut to this area and what can be seen from it; empty: all of it. */
  area: string;
  /** A number that stands for no value, where the file does not say so. */
  nodata: number | null;
  /** Which table of a file that holds several. */
  table: string;
}

export const EXPORTS = ['gpkg', 'geojson', 'csv', 'png'] as const;
export type ExportKind = (typeof EXPORTS)[number];

const run = (id: string): string => `/gaps/runs/${encodeURIComponent(id)}`;

export const gapsApi = {
  start: (request: RunRequest) => json<{ id: string }>('POST', '/gaps/runs', request),
  status: (id: string) => json<RunStatus>('GET', run(id)),
  cancel: (id: string) => ask('DELETE', run(id)),
  answer: (id: string) => json<GapsAnswer>('GET', `${run(id)}/answer`),
  cells: async (id: string, hourClass: number, party: string, sight = false): Promise<Sheet> => {
    const answer = await ask('GET', `${run(id)}/cells/${hourClass}${sight ? '?sight=true' : party ? `?party=${encodeURIComponent(party)}` : ''}`);
    const { piece } = readPiece(await answer.arrayBuffer());
    if (!piece) throw new Error('cells');
    return sheetOf(piece);
  },
  draft: async (id: string, request: DraftRequest): Promise<{ answer: DraftAnswer; piece: Piece | null }> => {
    const answer = await ask('POST', `${run(id)}/draft`, request);
    const { said, piece } = readPiece(await answer.arrayBuffer());
    return { answer: said as DraftAnswer, piece };
  },
  exportPath: (id: string, kind: ExportKind, hour: number) => `${run(id)}/export.${kind}?hour=${hour}`,
  site: (id: string, request: SitingRequest) => json<{ id: string }>('POST', `${run(id)}/siting`, request),
  siting: (id: string) => json<Siting>('GET', `/gaps/siting/${encodeURIComponent(id)}`),
  rounds: (id: string, request: RoundsRequest) => json<{ id: string }>('POST', `${run(id)}/rounds`, request),
  laid: (id: string) => json<Rounds>('GET', `/gaps/rounds/${encodeURIComponent(id)}`),
  cancelRounds: (id: string) => ask('DELETE', `/gaps/rounds/${encodeURIComponent(id)}`),
  cancelSiting: (id: string) => ask('DELETE', `/gaps/siting/${encodeURIComponent(id)}`),
  scan: (request: { circle: string; area?: string; between?: [string, string]; options: ScanOptions }) => json<{ id: string }>('POST', '/gaps/scans', request),
  scanned: (id: string) => json<ScanStatus>('GET', `/gaps/scans/${encodeURIComponent(id)}`),
  density: async (id: string, metres: number | null): Promise<{ said: Density; sheet: Sheet }> => {
    const answer = await ask('GET', `/gaps/scans/${encodeURIComponent(id)}/density${metres === null ? '' : `?bandwidth=${metres}`}`);
    const { said, piece } = readPiece(await answer.arrayBuffer());
    if (!piece) throw new Error('density');
    return { said: said as Density, sheet: sheetOf(piece) };
  },
  cancelScan: (id: string) => ask('DELETE', `/gaps/scans/${encodeURIComponent(id)}`),
  layers: () => json<LayerView[]>('GET', '/layers'),
  layLayer: async (file: File, upload: string) => {
    const query = new URLSearchParams({ name: file.name, upload });
    return (await ask('POST', `/layers/uploads?${query.toString()}`, undefined, file)).json() as Promise<{ id: string; files: { name: string; bytes: number }[] }>;
  },
  previewLayer: (upload: string, wish: LayerWish) => json<LayerView<LayerFacts>>('POST', `/layers/uploads/${upload}/preview`, wish),
  confirmLayer: (upload: string, wish: LayerWish) => json<LayerView>('POST', `/layers/uploads/${upload}/confirm`, wish),
  discardLayer: (upload: string) => ask('DELETE', `/layers/uploads/${upload}`),
  dropLayer: (digest: string) => ask('DELETE', `/layers/${encodeURIComponent(digest)}`),
  /** The fields of a release of one's own cover: cells and hours, worked out on this node and told to nobody yet. */
  coverage: (circle: string, area: string, cell: number) => json<Fields>('POST', '/gaps/coverage', { circle, area, cell }),
};
