// How one agreement stands with its signatures, asked again with every turn of the accord.

import { type SigningView, signingApi } from '../../../api/signing';
import { accord } from '../../../state/accord.svelte';

export class Follow {
  view = $state<SigningView | null>(null);
  error = $state<unknown>(null);
  #asked = 0;

  async ask(circle: string | null, agreement: string): Promise<void> {
    if (!circle) return;
    const mine = ++this.#asked;
    try {
      const found = await signingApi.view(circle, agreement);
      if (mine === this.#asked) {
        this.view = found;
        this.error = null;
      }
    } catch (error) {
      if (mine === this.#asked) this.error = error;
    }
  }
}

/** To be called while a component begins: it then shows what holds now. */
export function follow(agreement: () => string): Follow {
  const found = new Follow();
  $effect(() => {
    void accord.turn;
    void found.ask(accord.circle, agreement());
  });
  return found;
}
