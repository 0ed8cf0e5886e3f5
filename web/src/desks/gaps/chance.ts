// How probable it is that ground is seen, where the heights may be wrong: four bands and unknown, each with a colour, a
// pattern and a word. Pure.

import { BOTH, BOTH_ON_DARK, type Cover, OPEN, OPEN_ON_DARK, UNKNOWN, UNKNOWN_ON_DARK } from './cover';
import { NODE_OPEN, NODE_SEVERAL, NODE_UNSURE, type Rgb } from './paint';

export type Band = 'never' | 'doubtful' | 'likely' | 'sure' | 'unknown';
export type Chance = Cover & { band: Band };

/** As `SEEN` in src/tansiq/gaps/picture.py; a test holds the two together. */
export const NODE_LIKELY: Rgb = [168, 190, 60];
export const NODE_DOUBTFUL: Rgb = [232, 150, 40];

export function chanceKey(dark: boolean): Chance[] {
  return [
    { band: 'never', state: 'nobody', party: null, colour: dark ? OPEN_ON_DARK : OPEN, pattern: 'crosses' },
    { band: 'doubtful', state: 'only', party: null, colour: dark ? '#ffb866' : '#a85a00', pattern: 'rising' },
    { band: 'likely', state: 'only', party: null, colour: dark ? '#d3df7a' : '#6b7a12', pattern: 'level' },
    { band: 'sure', state: 'both', party: null, colour: dark ? BOTH_ON_DARK : BOTH, pattern: 'plain' },
    { band: 'unknown', state: 'unknown', party: null, colour: dark ? UNKNOWN_ON_DARK : UNKNOWN, pattern: 'hatch' },
  ];
}

/** For each colour of the node which band it is. */
export function chanceLegend(key: readonly Chance[]): [Rgb, Cover][] {
  const colours: [Band, Rgb][] = [
    ['never', NODE_OPEN],
    ['doubtful', NODE_DOUBTFUL],
    ['likely', NODE_LIKELY],
    ['sure', NODE_SEVERAL],
    ...NODE_UNSURE.map((colour): [Band, Rgb] => ['unknown', colour]),
  ];
  return colours.flatMap(([band, colour]) => key.filter((one) => one.band === band).map((one): [Rgb, Cover] => [colour, one]));
}
