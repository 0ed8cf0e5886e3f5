// Complaints, their steps and evidence as every desk shows them.

import { drawPlace, UNDRAWN } from '../../../map/drawing';
import type { Fields, PictureObject } from '../../../api/types';
import { live } from '../../../state/live.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, nameOf, NO_LOCKS, type W } from '../../watch/kinds/kind';
import ComplaintForm from './ComplaintForm.svelte';
import EvidenceForm from './EvidenceForm.svelte';
import StepForm from './StepForm.svelte';

type Texts = Partial<Record<'ar' | 'ckb' | 'en', string>>;

/** The text of a record in the reader's language, else in the nearest. */
export const textIn = (fields: Fields, w: W): string => w.name(fields['text'] as Texts | undefined);

const firstLine = (text: string): string => {
  const line = text.split('\n')[0] ?? '';
  return line.length > 90 ? `${line.slice(0, 88)}…` : line;
};
const filled = (fields: Fields, name: string): boolean => {
  const value = fields[name];
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => typeof one === 'string' && one.trim() !== '');
  return Boolean(value);
};
const party = (id: unknown, w: W): string => (typeof id === 'string' ? w.name(live.party(id)?.names, id) : '');

function text(object: PictureObject): { text: string; lang: string | null } | null {
  const texts = known(object)['text'] as Texts | undefined;
  const found = Object.entries(texts ?? {}).find(([, one]) => one);
  return found ? { text: found[1], lang: found[0] } : null;
}

const plain = { text, draw: drawPlace, symbol: () => 'log', oneCircle: true };

export const complaint: KindView = {
  ...plain,
  kind: 'complaint',
  icon: () => 'warning',
  title: (object, w) => {
    const fields = known(object);
    return nameOf(fields, w) || firstLine(textIn(fields, w)) || joined(w.m.values.kind.complaint, party(fields['against'], w));
  },
  form: ComplaintForm,
  beginning: (_now, w) => ({ fields: { status: 'open', lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    if (!fields['against']) return w.m.complaints.needAgainst;
    return filled(fields, 'text') || filled(fields, 'names') ? null : w.m.complaints.needClaim;
  },
};

export const complaintStep: KindView = {
  ...plain,
  kind: 'complaint_step',
  draw: () => UNDRAWN,
  icon: () => 'log',
  title: (object, w) => {
    const fields = known(object);
    const finding = fields['finding'] ? w.of(w.m.complaints.findingWord, fields['finding']) : '';
    const done = fields['done'] ? w.of(w.m.complaints.doneWord, fields['done']) : '';
    return joined(w.of(w.m.rules.step, fields['step']), finding, done, w.name(fields['action'] as Texts | undefined));
  },
  form: StepForm,
  beginning: (_now, w) => ({ fields: { lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const c = w.m.complaints;
    if (!fields['step']) return c.needStep;
    if (fields['step'] === 'finding' && !fields['finding']) return c.needFinding;
    return fields['step'] === 'execution' && !(fields['done'] && fields['of']) ? c.needDone : null;
  },
};

export const evidence: KindView = {
  ...plain,
  kind: 'evidence',
  icon: () => 'clip',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || firstLine(textIn(fields, w)) || w.m.values.kind.evidence, fields['shows'] ? w.of(w.m.complaints.shows, fields['shows']) : '');
  },
  form: EvidenceForm,
  beginning: (_now, w) => ({ fields: { status: 'given', lang: w.lang }, withhold: [], grid: 10_000, hour: 6 }),
  missing: (fields, w) => (filled(fields, 'names') || filled(fields, 'text') || filled(fields, 'records') ? null : w.m.complaints.needEvidence),
};

export const COMPLAINT_KINDS: readonly KindView[] = [complaint, complaintStep, evidence];
