// The list of points from which a side may start: what a room needs before two sides can keep watch in it.

import type { Lang, Names } from '../../api/types';
import { catalogue } from '../../i18n/catalogue';
import type { PointState } from '../../api/centres';

export interface Point {
  key: string;
  names: Names;
  state: PointState;
  by?: string;
  due?: number;
  remark?: string;
}

const LANGS: readonly Lang[] = ['en', 'ar', 'ckb'];
const KEYS = ['room', 'power', 'radio', 'telephone', 'interpreter', 'duty_officers', 'terms', 'map', 'keys', 'medical', 'access'] as const;

const named = (text: (lang: Lang) => string): Names => Object.fromEntries(LANGS.map((lang) => [lang, text(lang)]));

/** Every point open; the node of each side is a point of its own. */
export function startingPoints(sides: readonly { id: string; names: Names }[]): Point[] {
  const fixed = KEYS.map((key): Point => ({ key, names: named((lang) => catalogue[lang].centres.ready[key]), state: 'open' }));
  const nodes = sides.map((side): Point => ({
    key: `node_${side.id}`,
    names: named((lang) => catalogue[lang].centres.readyNode(side.names[lang] ?? side.names.en ?? side.id)),
    state: 'open',
  }));
  return [...fixed.slice(0, 6), ...nodes, ...fixed.slice(6)];
}

/** A key that no other point has. */
export function freeKey(points: readonly Point[]): string {
  let number = points.length + 1;
  while (points.some((one) => one.key === `p${number}`)) number += 1;
  return `p${number}`;
}
