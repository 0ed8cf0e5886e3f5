// The parts of the Accord desk in their order. A further part is a folder, a line here and a word in `accord.sections`.

import type { Component } from 'svelte';
import type { IconName } from '../../ui/icons';
import Kept from './kept/Kept.svelte';
import Promises from './promises/Promises.svelte';

export interface Section {
  name: 'files' | 'meetings' | 'texts' | 'promises' | 'complaints' | 'kept' | 'terms' | 'reports';
  icon: IconName;
  page: Component;
  /** The kinds whose records are shown there. */
  kinds: readonly string[];
  /** Those of them that the part shows whole by itself, without the record beside it. */
  whole?: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  { name: 'promises', icon: 'check', page: Promises, kinds: ['commitment', 'trigger', 'occurrence', 'assessment', 'payment'], whole: ['commitment'] },
  { name: 'kept', icon: 'log', page: Kept, kinds: [] },
];
