// One act at a time: busy while it is said, its refusal kept to be shown, everything asked anew after it.

import { accord } from '../../state/accord.svelte';
import { live } from '../../state/live.svelte';

export class Acting {
  busy = $state(false);
  problem = $state.raw<unknown>(null);

  async do(what: (circle: string) => Promise<unknown>): Promise<boolean> {
    if (!live.circleId || this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await what(live.circleId);
      accord.said();
    } catch (error) {
      this.problem = error;
    }
    this.busy = false;
    return this.problem === null;
  }
}
