// Search over everything that this node holds. Offsets count code points of a piece.

import { json } from './client';
import type { Names, Tlp } from './types';

export interface Piece {
  field: string;
  text: string;
  start: number;
  more: boolean;
  marks: [number, number][];
  own: boolean;
}

export interface Hit {
  kind: string;
  ref: string;
  circle: string;
  party: string;
  at: number;
  said: number;
  exercise: boolean;
  tlp: Tlp;
  rank: 'heading' | 'words' | 'forms' | 'near';
  names: Names | null;
  category: string | null;
  pieces: Piece[];
  /** It may lie near the place asked for, or farther off. */
  roughly: boolean;
}

/** The place that `near` was taken for, degrees × 10⁷, and how far around it (metres). */
export interface Near {
  names: Names | null;
  lat: number;
  lon: number;
  within: number;
}

export interface SearchAnswer {
  hits: Hit[];
  next: string | null;
  behind: number;
  near: Near | null;
}

/** What is asked for; what is empty or null does not count. */
export interface SearchQuestion {
  q: string;
  kind: string;
  party: string;
  circle: string;
  near: string;
  /** Metres around `near`. */
  within: number | null;
  since: number | null;
  until: number | null;
}

export function find(asked: SearchQuestion, after: string | null): Promise<SearchAnswer> {
  const sent = new URLSearchParams({ typing: 'true' });
  for (const [name, value] of Object.entries({ ...asked, after })) {
    if (value !== null && value !== '') sent.set(name, String(value));
  }
  return json<SearchAnswer>('GET', `/search?${sent}`);
}

/** A piece of a text in parts, each marked or not. */
export function partsOf(piece: Piece): { text: string; marked: boolean }[] {
  const signs = Array.from(piece.text);
  const parts: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [from, to] of piece.marks) {
    if (from > at) parts.push({ text: signs.slice(at, from).join(''), marked: false });
    parts.push({ text: signs.slice(from, to).join(''), marked: true });
    at = to;
  }
  if (at < signs.length) parts.push({ text: signs.slice(at).join(''), marked: false });
  return parts;
}
