// Places while the node does not answer: positions are read here, and names among those that were found lately
// at this desk, in any of the usual spellings. The list itself stays on the node.

import type { FoundPlace } from '../api/types';
import { readPosition } from '../format/position';
import { searchable } from '../format/text';
import { remember, remembered } from './memory';

const KEPT = 120;
const KEY = 'places';

/** As `searchable`, also without accents and doubled letters. */
export function folded(text: string): string {
  return searchable(text)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/(.)\1/g, '$1');
}

function kept(): FoundPlace[] {
  try {
    const found = JSON.parse(remembered(KEY) ?? '[]') as FoundPlace[];
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** Places of the list that the node found are known here from now on. */
export function rememberPlaces(found: readonly FoundPlace[]): void {
  const listed = found.filter((one) => one.id);
  if (listed.length === 0) return;
  const ids = new Set(listed.map((one) => one.id));
  remember(KEY, JSON.stringify([...listed, ...kept().filter((one) => !ids.has(one.id))].slice(0, KEPT)));
}

/** What a text may mean, without the node. */
export function placesHere(text: string, limit = 8): FoundPlace[] {
  const position = readPosition(text);
  if (position) return [position];
  const wanted = folded(text);
  if (wanted.length < 2) return [];
  const near = (place: FoundPlace): number => {
    const names = Object.values(place.names ?? {}).map(folded);
    if (names.includes(wanted)) return 0;
    if (names.some((name) => name.startsWith(wanted))) return 1;
    return names.some((name) => name.includes(wanted)) ? 2 : 9;
  };
  return kept()
    .map((place) => ({ place, far: near(place) }))
    .filter(({ far }) => far < 9)
    .sort((a, b) => a.far - b.far)
    .slice(0, limit)
    .map(({ place }) => place);
}
