// Files of areas, lines, posts, patrols and bases: looked at row by row, then said, all of them or none.

import { ask, json } from './client';
import type { Fields, Release, SaidRef } from './types';

export const INPUT_KINDS = ['area', 'line', 'post', 'patrol', 'base'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** A row by its number in the file: the fields of a record, or why it is none, in the reader's words. */
export interface InputRow {
  row: number;
  fields: Fields | null;
  code: string | null;
  reason: string | null;
}

export interface InputLook {
  kind: InputKind;
  rows: InputRow[];
  /** Columns that are not read. */
  left_out: string[];
  /** What rows are given that state none. */
  status: string | null;
}

export const inputsApi = {
  look: async (file: File, asked: { circle: string; kind: InputKind; status: string; table: string }): Promise<InputLook> => {
    const query = new URLSearchParams({ ...asked, name: file.name });
    return (await ask('POST', `/inputs/look?${query.toString()}`, undefined, file)).json() as Promise<InputLook>;
  },
  say: (kind: InputKind, rows: Fields[], release: Release) => json<{ refs: SaidRef[] }>('POST', '/inputs', { kind, rows, release }),
};
