// Which text is open, which clause of it, and what is being written: all of it outlives a reload.

import type { ClausePart } from '../../../api/texts';
import { remember, remembered } from '../../../state/memory';

/** A wording in hand: of which clause (null: a new one), begun from which very record, or a new clause's place. */
export interface Wording {
  key: string | null;
  base: string | null;
  own: string | null;
  part: ClausePart;
  order: number[];
}

interface Kept {
  text: string | null;
  clause: string | null;
  writing: Wording | null;
}

class Opened {
  text = $state<string | null>(null);
  clause = $state<string | null>(null);
  writing = $state.raw<Wording | null>(null);
  #circle = '';

  enter(circle: string): void {
    if (circle === this.#circle) return;
    this.#circle = circle;
    let kept: Partial<Kept> = {};
    try {
      kept = JSON.parse(remembered(`accord.texts.${circle}`) ?? '{}') as Partial<Kept>;
    } catch {
      // what cannot be read is begun anew
    }
    this.text = kept.text ?? null;
    this.clause = kept.clause ?? null;
    this.writing = kept.writing ?? null;
  }

  go(text: string | null, clause: string | null = null, writing: Wording | null = null): void {
    this.text = text;
    this.clause = clause;
    this.writing = writing;
    remember(`accord.texts.${this.#circle}`, JSON.stringify({ text, clause, writing } satisfies Kept));
  }
}

export const opened = new Opened();
