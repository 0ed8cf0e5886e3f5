// What the watch desk must know of a kind of record. A further kind is one more file here, one form, one line in
// index.ts.

import type { Component } from 'svelte';
import type { Cell, Fields, Names, PictureObject, Place, SayRequest } from '../../../api/types';
import { spacedMgrs } from '../../../format/grid';
import type { words as Words } from '../../../i18n/words.svelte';
import type { Drawn } from '../../../map/drawing';
import { isCell, isPlace } from '../../../map/drawing';
import type { Beginning, Draft } from '../../../state/draft.svelte';
import { known } from '../../../state/objects';
import type { IconName } from '../../../ui/icons';

export type W = typeof Words;

export interface KindView {
  kind: string;
  icon: (fields: Fields) => IconName;
  /** One line for the log, the map and the head of the record. */
  title: (object: PictureObject, w: W) => string;
  /** The free text, shown in its own language. */
  text: (object: PictureObject) => { text: string; lang: string | null } | null;
  draw: (object: PictureObject) => Drawn;
  /** Name of the map symbol (map/symbols.ts), for points. */
  symbol: (fields: Fields) => string;
  /** None where it is said elsewhere than in a form of its own. */
  form?: Component<{ draft: Draft }>;
  beginning: (now: number, w: W) => Beginning;
  /** Why it cannot be released yet, in words, or null. */
  missing: (fields: Fields, w: W) => string | null;
  /** What of it was typed and would be left out without a word, or null. */
  unsaid?: (draft: Draft, w: W) => string | null;
  /** It is said in the circle at hand only: it names records of that circle. */
  oneCircle?: boolean;
  /** Nothing is attached to it. */
  bare?: boolean;
  /** What the node fills in before anything is shown. */
  prepare?: (request: SayRequest) => Promise<SayRequest>;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

export function textOf(...names: string[]): KindView['text'] {
  return (object) => {
    const fields = known(object);
    for (const name of names) {
      const text = asText(fields[name]);
      if (text) return { text, lang: asText(fields['lang']) || null };
    }
    return null;
  };
}

export function nameOf(fields: Fields, w: W): string {
  return w.name((fields['names'] ?? fields['title']) as Names | undefined);
}

/** Where, in a few words: the place's name, else its square. */
export function whereOf(fields: Fields, w: W): string {
  const place = fields['place'];
  if (isPlace(place)) {
    const name = w.name((place as Place).names);
    if (name) return name;
  }
  const cell = fields['place_coarse'];
  if (isCell(cell)) return `\u2068\u200e${spacedMgrs((cell as Cell).mgrs)}\u2069`;
  return '';
}

export function joined(...parts: string[]): string {
  return parts.filter(Boolean).join(' · ');
}

export const NO_LOCKS = { withhold: [], grid: 0, hour: 0 };
