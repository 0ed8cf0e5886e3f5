// A text cut at every boundary of what was found in it, so that each piece can be marked by itself.

import type { Find, FoundWhat, ReadDraft } from '../../../api/reading';

export interface Piece {
  text: string;
  /** What the shortest find over it is. */
  what: FoundWhat | 'unlisted' | null;
  certainty: Find['certainty'] | null;
  /** Drafts that speak of it, and those of which a field came from it. */
  spoken: number[];
  source: number[];
}

const NOTED: ReadonlySet<string> = new Set(['step', 'meeting']);

/** Offsets are code points, which a string of JavaScript does not count in. */
export function pieces(text: string, finds: Find[], drafts: ReadDraft[]): Piece[] {
  const signs = Array.from(text);
  const cuts = new Set([0, signs.length]);
  const cut = ({ start, end }: { start: number; end: number }): void => void cuts.add(start).add(end);
  finds.forEach(cut);
  for (const draft of drafts) [...draft.spans, ...draft.sources].forEach(cut);
  const at = [...cuts].filter((one) => one <= signs.length).sort((a, b) => a - b);
  const short = finds.filter((one) => !(NOTED.has(one.meanings[0]?.what ?? '') && one.end - one.start > 40));
  return at.slice(1).map((end, i) => {
    const start = at[i] ?? 0;
    const over = (one: { start: number; end: number }): boolean => one.start <= start && end <= one.end;
    const found = short.filter(over).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    const which = (spans: (draft: ReadDraft) => { start: number; end: number }[]): number[] => drafts.flatMap((draft, n) => (spans(draft).some(over) ? [n] : []));
    return {
      text: signs.slice(start, end).join(''),
      what: found ? (found.meanings[0]?.what ?? (found.certainty === 'unlisted' ? 'unlisted' : 'day')) : null,
      certainty: found?.certainty ?? null,
      spoken: which((draft) => draft.spans),
      source: which((draft) => draft.sources),
    };
  });
}
