// What follows from reports of incidents, as every desk shows it: gradings, words on one event, findings.

import { drawPlace, UNDRAWN } from '../../map/drawing';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { joined, type KindView, NO_LOCKS, textOf, type W } from '../watch/kinds/kind';
import FindingForm from './FindingForm.svelte';

const plain = { text: textOf('reason'), draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true };
const party = (id: string, w: W): string => w.name(live.party(id)?.names, id);

export const grading: KindView = {
  ...plain,
  kind: 'grading',
  icon: () => 'check',
  title: (object, w) => {
    const fields = known(object);
    return joined(w.m.values.kind.grading, party(object.party, w), `${String(fields['source_grade'] ?? '–')}${String(fields['info_grade'] ?? '–')}`);
  },
  beginning: () => ({ fields: {}, ...NO_LOCKS }),
  missing: (fields, w) => (fields['source_grade'] || fields['info_grade'] ? null : w.m.incidents.needGrade),
};

export const sameEvent: KindView = {
  ...plain,
  kind: 'same_event',
  icon: () => 'check',
  title: (object, w) => (known(object)['word'] === 'not_same' ? w.m.incidents.saysNotSame : w.m.incidents.saysSame)(party(object.party, w)),
  beginning: () => ({ fields: {}, ...NO_LOCKS }),
  missing: (fields, w) => (fields['other'] ? null : w.m.incidents.needOther),
};

export const finding: KindView = {
  ...plain,
  kind: 'finding',
  icon: () => 'check',
  draw: drawPlace,
  title: (object, w) => {
    const fields = known(object);
    return joined(fields['step'] ? w.of(w.m.incidents.step, fields['step']) : w.m.values.kind.finding, party(object.party, w));
  },
  form: FindingForm,
  beginning: (now, w) => ({ fields: { step: 'verified', date: now, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['step'] ? null : w.m.incidents.needStep),
};

export const COMPARED_KINDS: readonly KindView[] = [grading, sameEvent, finding];
