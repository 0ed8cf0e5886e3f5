// The parts of the Accord desk in their order. A further part is a folder, a line here and a word in `accord.sections`.

import type { Component } from 'svelte';
import type { IconName } from '../../ui/icons';
import Signing from './signing/Signing.svelte';
import Texts from './texts/Texts.svelte';

export interface Section {
  name: 'files' | 'meetings' | 'texts' | 'signing' | 'promises' | 'complaints' | 'kept' | 'terms' | 'reports';
  icon: IconName;
  page: Component;
  /** The kinds whose records are shown there. */
  kinds: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  { name: 'texts', icon: 'log', page: Texts, kinds: ['agreement', 'clause', 'clause_position', 'comment'] },
  { name: 'signing', icon: 'edit', page: Signing, kinds: ['signatory', 'signature'] },
];
