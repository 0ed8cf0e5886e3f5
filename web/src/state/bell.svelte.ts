// What rings at this desk: urgent messages of every circle that were not read here. Asked anew as soon as a message or
// a read mark comes into the circle at hand, and on a short beat for the other circles.

import { requestsApi, type Ring } from '../api/requests';
import type { Objects } from './objects';
import { accord } from './accord.svelte';
import { Ringer } from './ringer';

const EVERY = 5_000;

class Bell {
  rings = $state.raw<Ring[]>([]);
  /** The browser lets no page sound before somebody has touched it. */
  blocked = $state(false);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  #ringer = new Ringer((blocked) => (this.blocked = blocked));
  #seen = '';
  #asking = false;
  #again = false;

  /** Signed in: listen until the answer is called. */
  begin(): () => void {
    const timer = window.setInterval(() => void this.ask(), EVERY);
    void this.ask();
    return () => {
      window.clearInterval(timer);
      this.#take([]);
    };
  }

  follow(objects: Objects | null): void {
    if (objects === null) return;
    let newest = 0;
    for (const { kind, seq } of objects.values()) if ((kind === 'message' || kind === 'read_mark') && seq > newest) newest = seq;
    const seen = `${newest}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    void this.ask();
  }

  async ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      this.#take((await requestsApi.ringing()).rings);
    } catch {
      // the node does not answer: what rang goes on ringing
    }
    this.#asking = false;
    if (!this.#again) return;
    this.#again = false;
    void this.ask();
  }

  async read(ring: Ring): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await requestsApi.read(ring.circle, ring.word);
      this.#take(this.rings.filter((one) => one.word.ref !== ring.word.ref));
      accord.said();
    } catch (error) {
      this.problem = error;
    }
    this.busy = false;
    void this.ask();
  }

  #take(rings: Ring[]): void {
    this.rings = rings;
    if (rings.length === 0) this.problem = null;
    this.#ringer.ring(rings.length > 0);
  }
}

export const bell = new Bell();
