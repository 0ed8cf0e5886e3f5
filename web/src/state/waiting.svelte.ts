// How many requests wait for this side's word, in the circle at hand and in the others: asked anew whenever a record or
// the minute changes, one question at a time.

import { requestsApi, type Waiting } from '../api/requests';
import { live } from './live.svelte';

class WaitingHere {
  circles = $state.raw<Waiting[]>([]);
  here = $derived(this.circles.find((one) => one.circle === live.circleId) ?? null);
  count = $derived(this.circles.reduce((sum, one) => sum + one.waiting, 0));
  late = $derived(this.circles.reduce((sum, one) => sum + one.late, 0));
  #asking = false;
  #again = false;

  async ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      this.circles = (await requestsApi.waiting()).circles;
    } catch {
      // the node does not answer: what waited still waits
    }
    this.#asking = false;
    if (!this.#again) return;
    this.#again = false;
    void this.ask();
  }

  clear(): void {
    this.circles = [];
  }
}

export const waiting = new WaitingHere();
