// Files of incidents: looked at with a mapping, kept in the own circle, given out. The file itself goes with every call.

import { ask } from './client';
import type { Fields } from './types';

export const ROLES = [
  'date', 'time', 'date_end', 'date_precision', 'lat', 'lon', 'position', 'accuracy', 'place_precision', 'place', 'place_en', 'place_ar', 'place_ckb',
  'category', 'title_en', 'title_ar', 'title_ckb', 'text', 'how_known', 'source_grade', 'info_grade',
  'killed', 'killed_min', 'killed_max', 'wounded', 'wounded_min', 'wounded_max', 'url', 'id',
] as const;
export type Role = (typeof ROLES)[number];

/** How a file is read; all of it is shown and can be changed. */
export interface Reading {
  layout: 'tansiq' | 'ucdp' | 'acled' | 'other';
  columns: Record<string, Role>;
  date_order: 'ymd' | 'dmy' | 'mdy' | null;
  zone: number;
  accuracy: number;
  types: Record<string, string>;
  all_on: string | null;
  how_known: string | null;
  lang: string | null;
  encoding: string;
  separator: string;
  sheet: string;
}

/** What the file leaves open: the possible answers, and the one by which it was read for now. */
export interface Choice {
  what: 'encoding' | 'separator' | 'sheet' | 'date_order' | 'date' | 'place';
  answers: string[];
  taken: string;
}

export interface BadRow {
  row: number;
  code: string;
  reason: string;
  ref: string | null;
}

export interface ImportLook {
  file: string;
  digest: string;
  circle: string;
  form: string;
  sheets: string[];
  /** Titles over the columns, which are not read. */
  above: string[];
  reading: Reading;
  columns: { name: string; role: Role | null; samples: string[]; person: boolean }[];
  asked: Choice[];
  types: { word: string; count: number; category: string | null }[];
  rows: number;
  good: number;
  held: number;
  bad_count: number;
  reasons: Record<string, number>;
  bad: BadRow[];
  repeated: BadRow[];
  first: { row: number; fields: Fields }[];
}

/** The account of an import. */
export interface Kept {
  file: string;
  digest: string;
  circle: string;
  rows: number;
  said: number;
  held: number;
  left_out: number;
  first: string | null;
  last: string | null;
}

export const EXPORTS = ['csv', 'xlsx', 'geojson', 'kml'] as const;

export const importsApi = {
  look: async (file: File, reading: Reading | null): Promise<ImportLook> => {
    const query = new URLSearchParams({ name: file.name, ...(reading ? { mapping: JSON.stringify(reading) } : {}) });
    return (await ask('POST', `/incidents/import/look?${query.toString()}`, undefined, file)).json() as Promise<ImportLook>;
  },
  keep: async (file: File, look: ImportLook, keepGood: boolean): Promise<Kept> => {
    const query = new URLSearchParams({ name: file.name, mapping: JSON.stringify(look.reading), digest: look.digest, keep_good: String(keepGood) });
    return (await ask('POST', `/incidents/import?${query.toString()}`, undefined, file)).json() as Promise<Kept>;
  },
};
