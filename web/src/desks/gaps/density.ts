// Where incidents were told, drawn smoothly: four bands of the highest, each with a colour, a pattern and a word. Pure.

import type { Cover } from './cover';
import { type Inks, inksBy, OUTSIDE } from './paint';

export type Share = 'quarter' | 'half' | 'threeQuarters' | 'whole';
export type Dense = Cover & { share: Share };

/** From how many per cent of the highest on; below the least nothing is painted. */
export const FROM: readonly [number, Share][] = [
  [75, 'whole'],
  [50, 'threeQuarters'],
  [25, 'half'],
  [5, 'quarter'],
];

export function densityKey(dark: boolean): Dense[] {
  const [faint, low, high, most] = dark ? ['#6f7f8c', '#7fb4d8', '#c9a2e8', '#ff9ec7'] : ['#8a98a3', '#3f7fae', '#7a3fa6', '#a3145f'];
  return [
    { share: 'quarter', state: 'only', party: null, colour: faint, pattern: 'plain' },
    { share: 'half', state: 'only', party: null, colour: low, pattern: 'level' },
    { share: 'threeQuarters', state: 'only', party: null, colour: high, pattern: 'rising' },
    { share: 'whole', state: 'only', party: null, colour: most, pattern: 'crosses' },
  ];
}

/** The inks of the states that a node sends for density: per cent of the highest. */
export function densityInks(key: readonly Dense[]): Inks {
  return inksBy((state) => {
    if (state >= OUTSIDE) return null;
    const share = FROM.find(([least]) => state >= least)?.[1];
    return key.find((one) => one.share === share) ?? null;
  });
}
