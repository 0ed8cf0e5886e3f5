// The log's window on incidents that are too many to be held here: pages of the newest, asked for as one reads on,
// within the square of the map that was chosen.

import { type Asked, crowdApi } from '../api/crowd';
import type { PictureObject } from '../api/types';

class Crowd {
  /** Of the map: only reports within it, west, south, east, north in degrees × 10⁷. */
  box = $state<string | null>(null);
  rows = $state.raw<readonly PictureObject[]>([]);
  total = $state(0);
  loading = $state(false);
  problem = $state.raw<unknown>(null);
  next = $state<string | null>(null);
  #asked = '';
  #round = 0;

  /** The pages as asked for; what was read already stays while only something new came. */
  async ask(circle: string, asked: Asked): Promise<void> {
    const round = ++this.#round;
    const key = JSON.stringify([circle, asked]);
    const same = key === this.#asked;
    if (!same) [this.rows, this.next] = [[], null];
    this.#asked = key;
    await this.#load(round, circle, asked, null, same);
  }

  async more(circle: string, asked: Asked): Promise<void> {
    if (this.loading || this.next === null) return;
    await this.#load(++this.#round, circle, asked, this.next, true);
  }

  async #load(round: number, circle: string, asked: Asked, before: string | null, joins: boolean): Promise<void> {
    this.loading = true;
    try {
      const page = await crowdApi.rows(circle, asked, before);
      if (round !== this.#round) return;
      const held = joins ? this.rows : [];
      const fresh = new Set(page.rows.map((one) => one.ref));
      this.rows = [...held.filter((one) => !fresh.has(one.ref)), ...page.rows];
      this.total = page.total;
      // a look at what is new leaves the place to which one has read
      if (before !== null || held.length === 0) this.next = page.next;
      this.problem = null;
    } catch (error) {
      if (round === this.#round) this.problem = error;
    }
    if (round === this.#round) this.loading = false;
  }
}

export const crowd = new Crowd();
