// How the plans of the circle at hand stand, asked anew of the node whenever a record of theirs, a head or the minute
// changes; and what of them is looked at: which moment, how far ahead, whose ground.

import { movementsApi, type Collision, type MovementsView, type Plan, type Position } from '../api/movements';
import type { PictureObject } from '../api/types';
import { live } from './live.svelte';
import type { Objects } from './objects';

export const MOVING: ReadonlySet<string> = new Set(['activity', 'answer', 'consent', 'handover', 'entered', 'terms', 'suspension', 'denial', 'hotline', 'position_report']);
/** Records of these kinds change how plans stand too: who holds ground that they touch. */
const BESIDE: ReadonlySet<string> = new Set(['area', 'post', 'arrangement']);
/** A position that was left longer ago than this stays on the list and no longer raises the bar on every desk. */
const ALARM_FOR = 30 * 86_400_000;
export const HOUR = 3_600_000;
export const SPANS = [12, 24, 72, 168] as const;

class MovementsState {
  view = $state.raw<MovementsView | null>(null);
  problem = $state.raw<unknown>(null);
  /** Counts answers of the node: what depends on them is asked anew. */
  turn = $state(0);
  /** The moment shown on the map (ms); null follows the clock. */
  shown = $state<number | null>(null);
  /** How many hours the bars reach ahead. */
  span = $state<number>(24);
  area = $state('');
  ours = $state(false);
  over = $state(false);

  #circle: string | null = null;
  #asked = '';
  #asking = false;
  #again = false;

  plan(ref: string | null): Plan | undefined {
    return this.view?.plans.find((one) => one.ref === ref);
  }
  collision(id: string | null): Collision | undefined {
    return this.view?.collisions.find((one) => one.id === id);
  }
  position(ref: string | null): Position | undefined {
    return this.view?.positions.find((one) => one.ref === ref);
  }

  /** Positions that every desk must hear of now. */
  alarming(now: number): Position[] {
    return (this.view?.positions ?? []).filter(
      (one) =>
        one.alarms.length > 0 &&
        one.state !== 'cancelled' &&
        (one.leaves_at === null || now - Math.max(one.leaves_at, ...one.entered.map((entry) => entry.at ?? 0)) < ALARM_FOR),
    );
  }

  /** Called with everything that may change how things stand; asks only where something did. */
  follow(circle: string | null, objects: Objects, heads: unknown, minute: number): void {
    if (circle !== this.#circle) {
      this.#circle = circle;
      this.view = null;
      this.#asked = '';
      this.shown = null;
      this.area = '';
    }
    const newest = newestOf(objects);
    if (!circle || newest.moving === 0) {
      this.view = null;
      this.#asked = '';
      return;
    }
    const asked = JSON.stringify([circle, newest, heads, minute]);
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
      const view = await movementsApi.view(circle);
      if (circle === this.#circle) {
        this.view = view;
        this.problem = null;
        this.turn += 1;
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

/** The newest change of each sort; `moving` is 0 where nothing there could make a plan or an alarm. */
function newestOf(objects: Objects): { moving: number; beside: number } {
  let moving = 0;
  let beside = 0;
  for (const object of objects.values()) {
    // where an element is changes no plan: that is asked by `positions`
    if (object.kind === 'position_report') continue;
    if (MOVING.has(object.kind) || isLeft(object)) moving = Math.max(moving, object.seq);
    else if (BESIDE.has(object.kind)) beside = Math.max(beside, object.seq);
  }
  return { moving, beside };
}

const isLeft = (object: PictureObject): boolean => object.kind === 'post' && object.fields['status'] === 'vacated';

export const movements = new MovementsState();

/** Those of the circle that are sides, not facilitators or observers; all where none is. */
export function takingPart(): string[] {
  const members = live.circle?.members ?? [];
  const sides = members.filter((id) => live.party(id)?.role === 'party');
  return sides.length > 0 ? sides : [...members];
}
