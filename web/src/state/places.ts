// Places while the node does not answer: degrees and MGRS are read here, and names among those that were found lately
// at this desk, in any of the usual spellings. The list itself stays on the node.

import type { FoundPlace } from '../api/types';
import { latinDigits } from '../format/digits';
import { fromMgrs } from '../format/grid';
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

function typed(lat: number, lon: number, accuracy: number, precision: string): FoundPlace | null {
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null;
  return { id: '', names: {}, lat: Math.round(lat * 1e7), lon: Math.round(lon * 1e7), accuracy, precision, kind: 'point', score: 100 };
}

/** A position as it was typed, as decimal degrees or MGRS. */
export function readPosition(text: string): FoundPlace | null {
  const said = latinDigits(text).replace(/[،٫]/g, (sign) => (sign === '٫' ? '.' : ',')).trim();
  const degrees = /^(-?\d{1,2}(?:\.\d{1,9})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,9})?)$/.exec(said);
  if (degrees) {
    const digits = Math.min(...[degrees[1], degrees[2]].map((part) => (part ?? '').split('.')[1]?.length ?? 0));
    return typed(Number(degrees[1]), Number(degrees[2]), Math.max(10, Math.ceil(111_320 / 10 ** digits / 2)), 'degrees');
  }
  const square = fromMgrs(said);
  return square ? typed(square.lat, square.lon, Math.max(1, Math.ceil((square.size * Math.SQRT2) / 2)), 'mgrs') : null;
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
