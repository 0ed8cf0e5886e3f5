// Colours of the map in light and dark, and one colour per party. None of the party colours is the red or the blue
// of a threat symbol; a party is always named in words beside its colour.

export interface Palette {
  land: string;
  outside: string;
  border: string;
  borderHalo: string;
  water: string;
  town: string;
  label: string;
  halo: string;
  country: string;
  ink: string;
  area: string;
  rough: string;
  draft: string;
}

export const LIGHT: Palette = {
  land: '#f6f4ee',
  outside: '#e8e9e6',
  border: '#8f8a83',
  borderHalo: '#ddd7cc',
  water: '#8db6cf',
  town: '#5d625f',
  label: '#39403e',
  halo: '#fbfaf6',
  country: '#77766f',
  ink: '#12201f',
  area: '#0b6b6f',
  rough: '#94510a',
  draft: '#8a1f8f',
};

export const DARK: Palette = {
  land: '#182326',
  outside: '#10191b',
  border: '#64757a',
  borderHalo: '#22313a',
  water: '#335d78',
  town: '#9aa9a6',
  label: '#d4dedc',
  halo: '#10191b',
  country: '#82928f',
  ink: '#e9f0ef',
  area: '#5cc4bf',
  rough: '#f2b35c',
  draft: '#f09cf4',
};

const PARTIES = ['#17766b', '#8a5a00', '#5d4aa8', '#7a3f63', '#4d6a1f', '#3b5f86'];

/** The same, for lines on dark ground. */
const PARTIES_ON_DARK = ['#6fd0c3', '#e8b75a', '#b7a6f2', '#e09ac4', '#a9cf74', '#8fb8e6'];

/** A party's colour is the same on every desk, so that two officers on the telephone mean the same line: it follows
 * the order of the parties' names, never who looks. */
export function partyColour(party: string, parties: readonly { id: string }[], onDark = false): string {
  const colours = onDark ? PARTIES_ON_DARK : PARTIES;
  const place = parties.map((p) => p.id).sort().indexOf(party);
  return colours[(place + colours.length) % colours.length] ?? '#41504d';
}
