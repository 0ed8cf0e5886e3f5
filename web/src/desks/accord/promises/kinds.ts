// Commitments and what is said about them, as every desk shows them and forms write them.

import { UNDRAWN } from '../../../map/drawing';
import type { Fields, PictureObject } from '../../../api/types';
import { live } from '../../../state/live.svelte';
import { takingPart } from '../../../state/movements.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, NO_LOCKS, nameOf, textOf, type W } from '../../watch/kinds/kind';
import AssessmentForm from './forms/AssessmentForm.svelte';
import CommitmentForm from './forms/CommitmentForm.svelte';
import OccurrenceForm from './forms/OccurrenceForm.svelte';
import PaymentForm from './forms/PaymentForm.svelte';
import TriggerForm from './forms/TriggerForm.svelte';
import { ruleReady } from './rule';
import { pledgeTitle } from './words';

const plain = { text: textOf('note', 'reason'), draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true };
const kindWord = (kind: string, w: W): string => w.of(w.m.values.kind, kind);
const filled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

function aboutTitle(object: PictureObject): string {
  const about = object.about ? live.objects.get(object.about) : undefined;
  return about ? pledgeTitle(known(about)) : '';
}

export const commitment: KindView = {
  ...plain,
  kind: 'commitment',
  icon: () => 'check',
  title: (object, w) => joined(String(known(object)['number'] ?? ''), pledgeTitle(known(object)) || kindWord('commitment', w)),
  form: CommitmentForm,
  beginning: () => ({ fields: { owed_by: [live.me], check: 'evidence', status: 'proposed' }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.promises;
    if (!nameOf(fields, w) && !fields['text']) return t.needText;
    if (!filled(fields['owed_by'])) return t.needOwed;
    return fields['check'] === 'picture' && !ruleReady((fields['rule'] ?? {}) as Fields) ? t.needRule : null;
  },
};

export const trigger: KindView = {
  ...plain,
  kind: 'trigger',
  icon: () => 'clock',
  title: (object, w) => nameOf(known(object), w) || kindWord('trigger', w),
  form: TriggerForm,
  beginning: () => ({ fields: { parties: takingPart(), status: 'proposed' }, ...NO_LOCKS }),
  missing: (fields, w) => (!nameOf(fields, w) ? w.m.promises.needText : filled(fields['parties']) ? null : w.m.promises.needParties),
};

export const occurrence: KindView = {
  ...plain,
  kind: 'occurrence',
  icon: () => 'clock',
  title: (object, w) => joined(aboutTitle(object) || kindWord('occurrence', w), known(object)['at'] ? w.date(Number(known(object)['at'])) : ''),
  form: OccurrenceForm,
  beginning: (now, w) => ({ fields: { at: now, status: 'stated', lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['at'] ? null : w.m.promises.needDay),
};

export const assessment: KindView = {
  ...plain,
  kind: 'assessment',
  icon: () => 'eye',
  title: (object, w) => joined(kindWord('assessment', w), w.of(w.m.promises.word, known(object)['word']), aboutTitle(object)),
  form: AssessmentForm,
  beginning: (_now, w) => ({ fields: { lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.promises;
    if (!fields['word'] && (fields['reading'] === null || fields['reading'] === undefined)) return t.needWord;
    return fields['word'] === 'disputed' && !fields['reason'] ? t.needReason : null;
  },
};

export const payment: KindView = {
  ...plain,
  kind: 'payment',
  icon: () => 'check',
  title: (object, w) => joined(kindWord('payment', w), w.of(w.m.promises.paymentState, known(object)['state']), aboutTitle(object)),
  form: PaymentForm,
  beginning: (now, w) => ({ fields: { tranche: 1, at: now, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['tranche'] && fields['state'] ? null : w.m.promises.needPayment),
};

export const PROMISE_KINDS: readonly KindView[] = [commitment, trigger, occurrence, assessment, payment];
