// When the accord of the circle at hand must be asked for anew: whenever a record, a head or the minute changes, once
// they have settled. Each part of the desk asks for what it shows.

import type { Objects } from './objects';

/** Kinds that are written and read at the Accord desk. */
export const AGREEING: ReadonlySet<string> = new Set([
  'negotiation_file', 'body', 'meeting', 'minutes', 'understanding', 'agreement', 'clause', 'clause_position', 'comment',
  'signatory', 'signature', 'trigger', 'occurrence', 'commitment', 'assessment', 'evidence', 'payment', 'complaint',
  'complaint_step', 'report', 'terms',
]);
/** Kinds whose record shows its chain; files, meetings, clauses, commitments and complaints show it on their page. */
export const CHAINED: ReadonlySet<string> = new Set(['body', 'minutes', 'understanding', 'agreement', 'evidence', 'assessment', 'payment', 'complaint_step']);
/** Kinds that are written and read at the Centres desk. */
export const CENTRED: ReadonlySet<string> = new Set(['readiness', 'roster', 'watch_handover']);

const SETTLE = 400;

class AccordState {
  /** Grows whenever something may have changed: what was asked for an earlier turn is asked for again. */
  turn = $state(0);
  circle = $state<string | null>(null);
  #seen = '';
  #soon: number | undefined;

  follow(circle: string | null, objects: Objects, heads: unknown, minute: number): void {
    if (circle !== this.circle) {
      this.circle = circle;
      this.#seen = '';
    }
    const seen = JSON.stringify([circle, objects.size, heads, minute]);
    if (!circle || seen === this.#seen) return;
    const first = this.#seen === '';
    this.#seen = seen;
    window.clearTimeout(this.#soon);
    if (first) this.turn += 1;
    else this.#soon = window.setTimeout(() => (this.turn += 1), SETTLE);
  }

  /** Something was said at this desk: it is asked for again at once. */
  said(): void {
    this.turn += 1;
  }
}

export const accord = new AccordState();
