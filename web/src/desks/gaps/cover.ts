// How the states of ground are shown: each has a colour, a pattern and a word, and none is told by its colour alone. Pure.

import { partyColour } from '../../map/palette';

export type CoverState = 'nobody' | 'only' | 'both' | 'unknown';
/** Patterns as one sees them: crosses, thin lines, nothing, hatching. */
export type Pattern = 'crosses' | 'rising' | 'falling' | 'level' | 'plain' | 'hatch';

/** Strokes of a pattern in a square of 12, for its sample. */
export const STROKES: Record<Pattern, string> = {
  crosses: 'M3.500 3.500l5 5M8.500 3.500l-5 5',
  rising: 'M-1 7 7-1M5 13 13 5',
  falling: 'M-1 5 7 13M5-1 13 7',
  level: 'M0 3.500h12M0 9.500h12',
  plain: '',
  hatch: 'M-1 3 3-1M-1 7 7-1M-1 11 11-1M3 13 13 3M7 13 13 7',
};

export interface Cover {
  state: CoverState;
  party: string | null;
  colour: string;
  pattern: Pattern;
}

export const OPEN = '#b3261e';
export const OPEN_ON_DARK = '#ff8a80';
export const BOTH = '#2f6f9f';
export const BOTH_ON_DARK = '#8fc3ea';
export const UNKNOWN = '#6b6f72';
export const UNKNOWN_ON_DARK = '#b9bec2';

const LINES: Pattern[] = ['rising', 'falling', 'level'];

/** The key of a map: nobody first, each party by itself, several of them, unknown. The same for whoever looks. */
export function coverKey(parties: readonly string[], roster: readonly { id: string }[], dark: boolean): Cover[] {
  const sorted = [...parties].sort();
  return [
    { state: 'nobody', party: null, colour: dark ? OPEN_ON_DARK : OPEN, pattern: 'crosses' },
    ...sorted.map((party, i): Cover => ({ state: 'only', party, colour: partyColour(party, roster, dark), pattern: LINES[i % LINES.length] ?? 'rising' })),
    ...(sorted.length > 1 ? [{ state: 'both', party: null, colour: dark ? BOTH_ON_DARK : BOTH, pattern: 'plain' } as const] : []),
    { state: 'unknown', party: null, colour: dark ? UNKNOWN_ON_DARK : UNKNOWN, pattern: 'hatch' },
  ];
}

/** How full a cell of the calendar is: eighths of the largest value, at least one where anything is open. */
export function eighths(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.max(1, Math.min(8, Math.round((value / most) * 8)));
}

/** Square kilometres with as many digits as mean something. */
export function km2Digits(value: number): number {
  if (value === 0) return 0;
  return value < 1 ? 2 : value < 100 ? 1 : 0;
}
