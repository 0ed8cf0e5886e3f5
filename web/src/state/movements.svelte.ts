// How the plans of the circle at hand stand, asked anew of the node whenever a record of theirs, a head or the minute
// changes; and what of them is looked at: which moment, how far ahead, whose ground.

import { untrack } from 'svelte';
import { movementsApi, type Collision, type MovementsView, type Plan, type Position } from '../api/movements';
import type { PictureObject } from '../api/types';
import { live } from './live.svelte';
import { remember, remembered } from './memory';
import { session } from './session.svelte';
import type { Objects } from './objects';
import type { Shape } from '../desks/movements/volumes';

export const MOVING: ReadonlySet<string> = new Set(['activity', 'answer', 'consent', 'handover', 'entered', 'suspension', 'denial', 'hotline', 'position_report']);
/** Records of these kinds change how plans stand too: who holds ground that they touch, and by which rules. */
const BESIDE: ReadonlySet<string> = new Set(['area', 'post', 'arrangement', 'terms']);
const HISTORY = 30 * 86_400_000;
/** How long changes that are no record gather before how things stand is asked anew (ms). */
const SETTLE = 600;
const NOTED_KEY = 'alarms.noted';
const NOTED = 200;
export const HOUR = 3_600_000;
export const SPANS = [12, 24, 72, 168] as const;

export interface Sketch {
  shapes: readonly Shape[];
  /** Which of them is in hand. */
  at: number;
  offered: readonly Shape[];
  met: readonly { lon: number; lat: number; label: string }[];
  /** Raised by one to ask the map to go there. */
  look: number;
}
const NO_SKETCH: Sketch = { shapes: [], at: 0, offered: [], met: [], look: 0 };

class MovementsState {
  view = $state.raw<MovementsView | null>(null);
  problem = $state.raw<unknown>(null);
  /** Counts answers of the node: what depends on them is asked anew. */
  turn = $state(0);
  /** The moment shown on the map (ms); null follows the clock. */
  shown = $state<number | null>(null);
  /** How many hours the bars reach ahead. */
  span = $state<number>(24);
  /** The plan being written, as it is drawn for this desk alone. */
  sketch = $state.raw<Sketch>(NO_SKETCH);
  area = $state('');
  ours = $state(false);
  over = $state(false);

  /** Alarms that were noted, each by whom. */
  #noted = $state.raw<readonly string[]>(readNoted());
  #circle: string | null = null;
  #records = '';
  #around = '';
  #soon: number | undefined;
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

  draw(shapes: readonly Shape[], at: number): void {
    this.#sketched({ shapes, at });
  }
  /** Places of a file that were not taken yet. */
  offer(offered: readonly Shape[]): void {
    if (offered.length > 0 || untrack(() => this.sketch.offered.length) > 0) this.#sketched({ offered });
    if (offered.length > 0) this.lookAtSketch();
  }
  /** Where the plan being written comes closest to those that it meets. */
  meets(met: Sketch['met']): void {
    if (met.length > 0 || untrack(() => this.sketch.met.length) > 0) this.#sketched({ met });
  }
  lookAtSketch(): void {
    this.#sketched({ look: untrack(() => this.sketch.look) + 1 });
  }
  #sketched(part: Partial<Sketch>): void {
    this.sketch = { ...untrack(() => this.sketch), ...part };
  }

  /** Positions that every desk must hear of, the newest first; what was noted here comes again when it changes. */
  alarming(now: number): Position[] {
    return (this.view?.positions ?? [])
      .filter((one) => one.alarms.length > 0 && one.state !== 'cancelled' && !this.#noted.includes(alarmOf(one)) && !isHistory(one, now))
      .sort((a, b) => raisedAt(b) - raisedAt(a));
  }
  note(position: Position): void {
    this.#noted = [...this.#noted, alarmOf(position)].slice(-NOTED);
    remember(NOTED_KEY, JSON.stringify(this.#noted));
  }

  /** Called with everything that may change how things stand; asks only where something did. */
  follow(circle: string | null, objects: Objects, heads: unknown, minute: number): void {
    if (circle !== this.#circle) {
      this.#circle = circle;
      this.view = null;
      this.#records = '';
      this.shown = null;
      this.area = '';
    }
    const newest = newestOf(objects);
    if (!circle || newest.moving === 0) {
      this.view = null;
      this.#records = '';
      return;
    }
    const records = JSON.stringify([circle, newest]);
    const around = JSON.stringify([heads, minute]);
    if (records === this.#records && around === this.#around) return;
    const said = records !== this.#records;
    [this.#records, this.#around] = [records, around];
    // heads come in flocks, before the record that they tell of and after it: they wait, a record does not
    if (said) void this.ask();
    else this.#soon ??= window.setTimeout(() => void this.ask(), SETTLE);
  }

  async ask(): Promise<void> {
    window.clearTimeout(this.#soon);
    this.#soon = undefined;
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

/** The alarm of a position as it stands for who sits here: another word, another entry, another officer make it another one. */
const alarmOf = (one: Position): string => [session.who?.user ?? '', one.ref, one.revision, ...one.alarms, ...one.entered.map((entry) => entry.ref)].join(' ');

/** A post that was told long ago to be vacated, and that no hand-over and no entry is about: a red line in the list, no
 * bar. Counted from when it was told, so that nobody leaves unheard by telling it late; a disproven time counts as none. */
function isHistory(one: Position, now: number): boolean {
  const post = one.ref === one.post ? live.objects.get(one.ref) : undefined;
  return post !== undefined && !post.outside && one.entered.length === 0 && now - Math.max(post.said, one.leaves_at ?? 0) > HISTORY;
}

const raisedAt = (one: Position): number => Math.max(one.leaves_at ?? 0, ...one.entered.map((entry) => entry.at ?? 0));

function readNoted(): string[] {
  try {
    const kept: unknown = JSON.parse(remembered(NOTED_KEY) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
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
