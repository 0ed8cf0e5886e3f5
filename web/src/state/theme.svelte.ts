// Light or dark: as the machine says unless chosen.

import { remember, remembered } from './memory';

export type Choice = 'auto' | 'light' | 'dark';

class Theme {
  choice = $state<Choice>('auto');
  #machine = $state(false);
  dark = $derived(this.choice === 'dark' || (this.choice === 'auto' && this.#machine));

  begin(): void {
    const stored = remembered('theme');
    if (stored === 'light' || stored === 'dark') this.choice = stored;
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    this.#machine = media.matches;
    media.addEventListener('change', (event) => {
      this.#machine = event.matches;
      this.#show();
    });
    this.#show();
  }

  choose(choice: Choice): void {
    this.choice = choice;
    remember('theme', choice);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
  }
}

export const theme = new Theme();
