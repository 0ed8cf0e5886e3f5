// What a part of the desk asks of the node: again with every turn of the accord, the last question's answer counting.

import { accord } from '../../state/accord.svelte';
import { live } from '../../state/live.svelte';

export class Asked<Answer> {
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<unknown>(null);
  #last = 0;

  /** To be made while a component begins; what `ask` reads before it waits is followed. */
  constructor(ask: (circle: string) => Promise<Answer>) {
    $effect(() => {
      void accord.turn;
      const circle = live.circleId;
      if (circle) void this.#wait(ask(circle));
    });
  }

  async #wait(asked: Promise<Answer>): Promise<void> {
    const mine = ++this.#last;
    try {
      const answer = await asked;
      if (mine !== this.#last) return;
      this.answer = answer;
      this.problem = null;
    } catch (error) {
      if (mine === this.#last) this.problem = error;
    }
  }
}
