// Where elements of the circle at hand show themselves, asked anew of the node whenever a report, a plan, a fence or the
// minute changes; nothing is asked where nobody shows anything.

import { positionsApi, type Live, type LiveView } from '../api/positions';
import type { Objects } from './objects';

export const REPORT = 'position_report';
const BESIDE: ReadonlySet<string> = new Set(['activity', 'area', 'terms', 'consent']);
/** An alarm whose place was told longer ago than this stays on the list and no longer raises the bar on every desk. */
const ALARM_FOR = 24 * 3_600_000;

class PositionsState {
  view = $state.raw<LiveView | null>(null);
  problem = $state.raw<unknown>(null);
  #circle: string | null = null;
  #asked = '';
  #asking = false;
  #again = false;

  of(ref: string | null): Live | undefined {
    return this.view?.positions.find((one) => one.ref === ref);
  }

  /** Those that every desk must hear of now. */
  alarming(now: number): Live[] {
    return (this.view?.positions ?? []).filter((one) => one.alarms.length > 0 && now - one.fix.at < ALARM_FOR);
  }

  follow(circle: string | null, objects: Objects, minute: number): void {
    if (circle !== this.#circle) {
      this.#circle = circle;
      this.view = null;
      this.#asked = '';
    }
    let reports = 0;
    let newest = 0;
    for (const object of objects.values()) {
      if (object.kind === REPORT) reports = Math.max(reports, object.seq);
      else if (BESIDE.has(object.kind)) newest = Math.max(newest, object.seq);
    }
    if (!circle || reports === 0) {
      this.view = null;
      this.#asked = '';
      return;
    }
    const asked = JSON.stringify([circle, reports, newest, minute]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    void this.ask();
  }

  async ask(): Promise<void> {
    const circle = this.#circle;
    if (!circle) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      const view = await positionsApi.view(circle);
      if (circle === this.#circle) {
        this.view = view;
        this.problem = null;
      }
    } catch (error) {
      this.problem = error;
    }
    this.#asking = false;
    if (this.#again) {
      this.#again = false;
      void this.ask();
    }
  }
}

export const positions = new PositionsState();
