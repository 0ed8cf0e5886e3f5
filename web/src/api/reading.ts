// A report in words, read by the node into drafts. Offsets count code points of the text that was sent.

import { json } from './client';
import type { Fields, Names } from './types';

export type Certainty = 'certain' | 'likely' | 'ambiguous' | 'unlisted';
export type FoundWhat = 'place' | 'day' | 'time' | 'actor' | 'kind' | 'count' | 'meeting' | 'step' | 'concern' | 'person';

export interface Find {
  start: number;
  end: number;
  words: string;
  certainty: Certainty;
  meanings: { what: FoundWhat }[];
}

export interface PlaceChoice {
  id: string;
  names: Names | null;
  lat: number | null;
  lon: number | null;
  accuracy: number;
}

export interface ReadDraft {
  kind: 'incident' | 'log' | 'meeting' | 'commitment' | 'area';
  fields: Fields;
  spans: { start: number; end: number }[];
  sources: { field: string; start: number; end: number }[];
  questions: string[];
  choices: PlaceChoice[];
}

export interface ReadAnswer {
  language: 'ar' | 'ckb' | 'en';
  /** The day from which yesterday was counted, YYYY-MM-DD. */
  reference: string | null;
  finds: Find[];
  drafts: ReadDraft[];
}

export const readingApi = {
  read: (text: string, circle: string | null, reference: string | null) => json<ReadAnswer>('POST', '/incidents/read', { text, circle, reference }),
};
