// The API of incidents however many: tiles for the map, pages for the log, figures for charts.

import { json } from './client';
import type { Names, PictureObject } from './types';

/** Which reports are asked for; an empty word stands for what was not told. */
export interface Asked {
  since?: number;
  until?: number;
  timed?: 'told' | 'week' | 'rough' | 'untold';
  category?: string[];
  how_known?: string[];
  side?: string[];
  /** West, south, east, north in degrees × 10⁷. */
  box?: string;
  area?: string;
  where?: 'inside' | 'edge' | 'outside' | 'placeless';
  standing?: boolean;
}

export interface Rows {
  total: number;
  rows: PictureObject[];
  next: string | null;
  turn: number;
}

export interface ChartLine {
  word: string;
  counts: number[];
}
export interface ChartWeeks {
  side: string;
  counts: (number | null)[];
  rough: number;
}
export interface ChartArea {
  ref: string;
  inside: number[];
  edge: number[];
  hours: number[];
}
export interface Charts {
  sides: string[];
  total: number;
  untold: number;
  erased: number;
  taken_in: number;
  taken_from: number | null;
  taken_to: number | null;
  first: number | null;
  last: number | null;
  weeks: number[];
  by_week: ChartWeeks[];
  by_category: ChartLine[];
  by_how_known: ChartLine[];
  by_area: ChartArea[];
  outside: number[];
  placeless: number[];
}
export interface Unseen {
  run: string;
  at: number;
  open: number[];
  unknown: number[];
}
export interface ChartsView {
  since: number;
  until: number;
  scenario: [number, number] | null;
  areas: { ref: string; names: Names | null; unseen: Unseen | null }[];
  areas_left_out: number;
  charts: Charts;
}

function query(circle: string, asked: object): string {
  const found = new URLSearchParams({ circle });
  for (const [name, value] of Object.entries(asked) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) found.append(name, String(one));
  }
  return found.toString();
}

export const crowdApi = {
  rows: (circle: string, asked: Asked, before: string | null = null, limit = 60) =>
    json<Rows>('GET', `/incidents/rows?${query(circle, { ...asked, before, limit })}`),
  charts: (circle: string, since: number | null, until: number | null) =>
    json<ChartsView>('GET', `/incidents/charts?${query(circle, { since, until })}`),
  /** Of the tiles of the map; `turn` makes what is kept of an older picture be asked for again. */
  tiles: (circle: string, asked: Asked, turn: number) =>
    `${location.origin}/api/v1/incidents/tiles/{z}/{x}/{y}?${query(circle, { ...asked, turn })}`,
};
