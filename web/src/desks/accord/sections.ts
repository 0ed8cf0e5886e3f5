// The parts of the Accord desk in their order. A further part is a folder, a line here and a word in `accord.sections`.

import type { Component } from 'svelte';
import type { IconName } from '../../ui/icons';
import ComplaintsPage from './complaints/ComplaintsPage.svelte';
import TermsPage from './terms/TermsPage.svelte';

export interface Section {
  name: 'files' | 'meetings' | 'texts' | 'promises' | 'complaints' | 'kept' | 'terms' | 'reports';
  icon: IconName;
  page: Component;
  /** The kinds whose records are shown there. */
  kinds: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  { name: 'complaints', icon: 'warning', page: ComplaintsPage, kinds: ['complaint', 'complaint_step', 'evidence'] },
  { name: 'terms', icon: 'log', page: TermsPage, kinds: ['terms'] },
];
