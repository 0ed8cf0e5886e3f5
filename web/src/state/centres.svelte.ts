// The centres of the circle at hand as the node worked them out, and the one that is looked at.

import { centresApi, type CentresView, type CentreView, type ReadyRow } from '../api/centres';

class CentresState {
  view = $state.raw<CentresView | null>(null);
  one = $state.raw<CentreView | null>(null);
  problem = $state.raw<unknown>(null);
  /** The day with which the shown week begins (ms); null follows the clock. */
  start = $state<number | null>(null);
  #asked = 0;

  async list(circle: string): Promise<void> {
    try {
      this.view = await centresApi.list(circle);
      this.problem = null;
    } catch (error) {
      this.problem = error;
    }
  }

  /** Asks for a centre; an answer that was overtaken by a later question is dropped. */
  async open(circle: string, ref: string, start: number | null): Promise<void> {
    const asked = ++this.#asked;
    try {
      const found = await centresApi.one(circle, ref, start);
      if (asked !== this.#asked) return;
      this.one = found;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = error;
    }
  }

  /** The points that still wait before a centre can be at work, by what is known here of it. */
  waiting(ref: string | null): readonly ReadyRow[] {
    if (!ref || !this.one?.centre.refs.includes(ref)) return [];
    return this.one.readiness.rows.filter((row) => !row.done);
  }
}

export const centres = new CentresState();
