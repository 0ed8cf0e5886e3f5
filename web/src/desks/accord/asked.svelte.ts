// What a part of the desk asks of the node: again with every turn of the accord, but one question at a time, so that
// a busy node is not asked faster than it answers and no older answer comes after a newer one.

import { accord } from '../../state/accord.svelte';
import { live } from '../../state/live.svelte';

export class Asked<Answer> {
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<unknown>(null);
  #waiting = false;
  #missed = false;
  #round = $state(0);

  /** To be made while a component begins; what `ask` reads before it waits is followed, and null asks nothing now. */
  constructor(ask: (circle: string) => Promise<Answer> | null) {
    $effect(() => {
      void accord.turn;
      void this.#round;
      const circle = live.circleId;
      if (!circle) return;
      if (this.#waiting) {
        this.#missed = true;
        return;
      }
      const asked = ask(circle);
      if (asked) void this.#wait(circle, asked);
    });
  }

  async #wait(circle: string, asked: Promise<Answer>): Promise<void> {
    this.#waiting = true;
    try {
      const answer = await asked;
      if (circle === live.circleId) [this.answer, this.problem] = [answer, null];
    } catch (error) {
      if (circle === live.circleId) this.problem = error;
    }
    this.#waiting = false;
    if (!this.#missed) return;
    this.#missed = false;
    this.#round += 1;
  }
}
