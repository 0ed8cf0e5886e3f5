// One act at a time: looked at first where it can be, busy while it is said, its refusal kept to be shown, everything
// asked anew after it.

import type { Column } from '../../api/types';
import { accord } from '../../state/accord.svelte';
import { newId } from '../../state/drawer';
import { live } from '../../state/live.svelte';

export class Acting {
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  /** What each party will see of what is about to be said. */
  columns = $state.raw<Column[] | null>(null);
  #once = '';

  /** The key under which it is said once, however often the answer is lost on the way. */
  get once(): string {
    return (this.#once ||= newId(Date.now()));
  }

  /** Ask what each party will see; nothing is said. */
  async look(what: (circle: string) => Promise<{ columns: Column[] }>): Promise<void> {
    await this.#ask(async (circle) => void (this.columns = (await what(circle)).columns));
  }

  async do(what: (circle: string) => Promise<unknown>): Promise<boolean> {
    const done = await this.#ask(what);
    if (!done) return false;
    this.columns = null;
    this.#once = '';
    accord.said();
    return true;
  }

  async #ask(what: (circle: string) => Promise<unknown>): Promise<boolean> {
    if (!live.circleId || this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await what(live.circleId);
    } catch (error) {
      this.problem = error;
    }
    this.busy = false;
    return this.problem === null;
  }
}
