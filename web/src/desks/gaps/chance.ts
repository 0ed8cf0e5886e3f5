// How probable it is that ground is seen, where the heights may be wrong: four bands and unknown, each with a colour, a
// pattern and a word. Pure.

import { BOTH, BOTH_ON_DARK, type Cover, OPEN, OPEN_ON_DARK, UNKNOWN, UNKNOWN_ON_DARK } from './cover';
import { type Inks, inksBy, OUTSIDE, UNSURE } from './paint';

export type Band = 'never' | 'doubtful' | 'likely' | 'sure' | 'unknown';
export type Chance = Cover & { band: Band };

/** From how many per cent of the draws on; as `SEEN` in src/tansiq/gaps/picture.py, a test holds the two together. */
export const FROM: readonly [number, Band][] = [
  [95, 'sure'],
  [50, 'likely'],
  [5, 'doubtful'],
  [0, 'never'],
];

export function chanceKey(dark: boolean): Chance[] {
  return [
    { band: 'never', state: 'nobody', party: null, colour: dark ? OPEN_ON_DARK : OPEN, pattern: 'crosses' },
    { band: 'doubtful', state: 'only', party: null, colour: dark ? '#ffb866' : '#a85a00', pattern: 'rising' },
    { band: 'likely', state: 'only', party: null, colour: dark ? '#d3df7a' : '#6b7a12', pattern: 'level' },
    { band: 'sure', state: 'both', party: null, colour: dark ? BOTH_ON_DARK : BOTH, pattern: 'plain' },
    { band: 'unknown', state: 'unknown', party: null, colour: dark ? UNKNOWN_ON_DARK : UNKNOWN, pattern: 'hatch' },
  ];
}

/** The inks of the states that a node sends for sight: per cent of the draws in which ground is seen. */
export function chanceInks(key: readonly Chance[]): Inks {
  const of = (band: Band): Chance | null => key.find((one) => one.band === band) ?? null;
  return inksBy((state) => {
    if (state === UNSURE) return of('unknown');
    if (state >= OUTSIDE || state > 100) return null;
    return of(FROM.find(([least]) => state >= least)?.[1] ?? 'never');
  });
}
