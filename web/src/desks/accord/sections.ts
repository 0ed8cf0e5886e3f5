// The parts of the Accord desk in their order. A further part is a folder, a line here and a word in `accord.sections`.

import type { Component } from 'svelte';
import type { IconName } from '../../ui/icons';
import Texts from './texts/Texts.svelte';
import FilesPage from './files/FilesPage.svelte';
import MeetingsPage from './meetings/MeetingsPage.svelte';
import Signing from './signing/Signing.svelte';
import ComplaintsPage from './complaints/ComplaintsPage.svelte';
import TermsPage from './terms/TermsPage.svelte';
import Reports from './reports/Reports.svelte';
import Kept from './kept/Kept.svelte';
import Promises from './promises/Promises.svelte';

export interface Section {
  name: 'files' | 'meetings' | 'texts' | 'signing' | 'promises' | 'complaints' | 'kept' | 'terms' | 'reports';
  icon: IconName;
  page: Component;
  /** The kinds whose records are shown there. */
  kinds: readonly string[];
  /** Those of them that the part shows whole by itself, without the record beside it. */
  whole?: readonly string[];
}

export const SECTIONS: readonly Section[] = [
  { name: 'files', icon: 'log', page: FilesPage, kinds: ['negotiation_file'] },
  { name: 'meetings', icon: 'meeting', page: MeetingsPage, kinds: ['meeting', 'minutes', 'understanding', 'body'] },
  { name: 'texts', icon: 'log', page: Texts, kinds: ['agreement', 'clause', 'clause_position', 'comment'] },
  { name: 'signing', icon: 'edit', page: Signing, kinds: ['signatory', 'signature'] },
  { name: 'promises', icon: 'check', page: Promises, kinds: ['commitment', 'trigger', 'occurrence', 'assessment', 'payment'], whole: ['commitment'] },
  { name: 'complaints', icon: 'warning', page: ComplaintsPage, kinds: ['complaint', 'complaint_step', 'evidence'] },
  { name: 'kept', icon: 'log', page: Kept, kinds: [] },
  { name: 'terms', icon: 'log', page: TermsPage, kinds: ['terms'] },
  { name: 'reports', icon: 'clip', page: Reports, kinds: ['report'] },
];
