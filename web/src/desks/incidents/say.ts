// Reports beside each other in the reader's words.

import type { FieldRow, PairPart } from '../../api/incidents';
import type { Cell, Names } from '../../api/types';
import { words } from '../../i18n/words.svelte';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { titleOf } from '../watch/kinds';
import { textOf } from '../watch/kinds/kind';

export type Tone = 'good' | 'warn' | 'bad' | '';
export const TONE = { agreed: 'good', disputed: 'bad', one_side: 'warn', unknown: '' } as const;
export const STATE_TONE = { reported: '', corroborated: 'warn', verified: 'good', investigated: 'good' } as const;

export const nameOf = (ref: string): string => {
  const object = live.objects.get(ref);
  return object ? titleOf(object, words) : ref;
};
/** What a report says in its own words, and the time that it tells. */
export function telling(ref: string): { text: string; lang: string | null; when: string } {
  const object = live.objects.get(ref);
  if (!object) return { text: '', lang: null, when: '' };
  const fields = known(object);
  const when = (fields['when'] ?? fields['when_coarse']) as { from: number } | undefined;
  const precision = fields['when_precision'];
  const said = when ? (precision === 'day' ? words.date(when.from) : precision === 'month' ? words.month(when.from) : words.dateTime(when.from)) : '';
  return { ...(textOf('text')(object) ?? { text: '', lang: null }), when: said };
}

/** When a report says that it happened, else when it was said (ms). */
export function timeOf(ref: string): number {
  const object = live.objects.get(ref);
  if (!object) return 0;
  const fields = known(object);
  return ((fields['when'] ?? fields['when_coarse']) as { from: number } | undefined)?.from ?? object.at;
}

/** A figure with one place after the point, with its sign. */
export const points = (value: number): string => words.d(`\u2066${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}\u2069`);

/** A part of a score as a sentence. */
export function partText(part: PairPart, places: Record<string, Names>): string {
  const t = words.m.incidents;
  const fact = (name: string): number => part.facts[name] ?? 0;
  switch (part.name) {
    case 'place':
      return t.placeFacts(words.distance(fact('metres')), words.distance(fact('reach')));
    case 'time':
      return words.facts(fact('minutes') > 0 ? t.timeFacts(words.n(fact('minutes'))) : t.timeOverlap, fact('shifted') > 0 && t.shifted(words.n(fact('shifted'))));
    case 'crowd':
      return t.crowdFacts(words.d(fact('by_chance') < 0.01 ? '0.01' : fact('by_chance').toFixed(2)));
    case 'kind':
      return words.list([...new Set(part.values)].map((value) => words.of(words.m.values.incidentCategory, value)));
    case 'casualties': {
      const told = Object.entries(part.facts);
      if (told.length === 0) return t.casualtiesNone;
      return words.facts(...told.map(([name, gap]) => `${words.of(t.field, name)}: ${gap > 0 ? t.casualtiesDiffer(words.n(gap)) : t.casualtiesAgree}`));
    }
    case 'words':
      return part.values.length > 0 ? words.list(part.values.map((value) => words.name(places[value], value))) : t.wordsNone;
    case 'rival':
      return part.values[0] ? (fact('ahead') > 0 ? t.rivalFacts : t.rivalToo)(nameOf(part.values[0])) : t.rivalNone;
  }
}

/** The value of a field of a file. */
export function valueText(row: FieldRow, value: unknown): string {
  if (value === null || value === undefined) return words.m.incidents.standing.unknown;
  const v = words.m.values;
  switch (row.field) {
    case 'category':
      return words.of(v.incidentCategory, value);
    case 'over':
      return value ? v.yes : v.no;
    case 'when': {
      const { from, to } = value as { from: number; to: number };
      return to > from ? v.between(words.dateTime(from), words.dateTime(to)) : words.dateTime(from);
    }
    case 'place': {
      const { lat, lon, accuracy } = value as Cell & { accuracy: number };
      return words.facts(words.d(`\u2066${(lat / 1e7).toFixed(3)}, ${(lon / 1e7).toFixed(3)}\u2069`), v.accurate(words.distance(accuracy)));
    }
    default: {
      const { min, max } = value as { min: number; max: number };
      return v.count(words.n(min), words.n(max));
    }
  }
}

export function apartText(row: FieldRow): string {
  if (row.apart === null || row.apart === 0) return '';
  const t = words.m.incidents;
  return row.field === 'place' ? t.metresApart(words.distance(row.apart)) : row.field === 'when' ? t.minutesApart(words.n(row.apart)) : '';
}
