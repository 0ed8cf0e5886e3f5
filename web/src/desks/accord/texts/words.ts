// How parties, numbers and positions of a text are said in words.

import type { ClauseRow, Point, Stance, Wording } from '../../../api/texts';
import type { Lang } from '../../../api/types';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';

export const ORDERED: readonly Lang[] = ['ar', 'ckb', 'en'];

export const partyName = (party: string): string => words.name(live.party(party)?.names, party);

/** The name of a party in the language of the text that it stands in: a bracket reads in one direction. */
export function partyNameIn(party: string, lang: Lang): string {
  return live.party(party)?.names[lang] ?? partyName(party);
}

/** The letters by which sides stand in brackets, in the order of the sides, by the language of the text. */
const LETTERS: Record<Lang, readonly string[]> = {
  ar: ['أ', 'ب', 'ج', 'د', 'ه', 'و', 'ز', 'ح'],
  ckb: ['أ', 'ب', 'ج', 'د', 'ه', 'و', 'ز', 'ح'],
  en: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'],
};
/** How a party stands in a bracket: by its letter, where it is none of the sides by its name. */
export const markOf = (party: string, sides: readonly string[], lang: Lang): string =>
  LETTERS[lang][sides.indexOf(party)] ?? partyNameIn(party, lang);

/** The number of a clause, which stays left to right. */
export const numberOf = (order: readonly number[]): string => order.map((one) => words.d(one)).join('.');

export const langName = (lang: Lang): string => words.of(words.m.values.lang, lang);

/** Who wants a wording: who offers it and whoever would sign it. */
export const wantedBy = (wording: Wording | undefined): string[] =>
  [...new Set([...(wording?.parties ?? []), ...(wording?.stands ?? [])])].sort();

export const objectors = (wording: Wording | undefined): string[] =>
  (wording?.positions ?? []).filter((one) => one.verdict === 'object').map((one) => one.party);

/** Where a party stands on a clause. `offers` what it words itself. */
export type Stand = Stance | 'offers' | 'stale' | 'silent';

export function standOf(row: ClauseRow, party: string): Stand {
  for (const wording of row.wordings) {
    const said = wording.positions?.find((one) => one.party === party)?.verdict;
    if (wording.stands.includes(party)) return said === 'accept' ? 'accept' : 'offers';
  }
  if (row.wordings.some((one) => one.parties.includes(party))) return 'offers';
  for (const wording of row.wordings) {
    const said = wording.positions?.find((one) => one.party === party)?.verdict;
    if (said) return said;
  }
  return row.stale?.some((one) => one.party === party) ? 'stale' : 'silent';
}

/** The record of a wording that is answered: the latest of the thing that offers it. */
export const isOpen = (row: ClauseRow, points: readonly Point[]): boolean =>
  row.state === 'open' || points.some((one) => one.clause === row.key);

export function pointText(point: Point): string {
  const t = words.m.texts;
  const who = point.parties.length > 0 ? words.list(point.parties.map(partyName)) : '';
  const lang = point.language ? langName(point.language) : '';
  return [t.why[point.why], lang, who].filter(Boolean).join(': ');
}
