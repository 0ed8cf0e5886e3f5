// The kinds of centres as every desk shows them: in the log and in forms.

import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { UNDRAWN } from '../../map/drawing';
import type { PictureObject } from '../../api/types';
import { joined, type KindView, nameOf, NO_LOCKS, textOf, type W } from '../watch/kinds/kind';
import ReadinessForm from './forms/ReadinessForm.svelte';
import RosterForm from './forms/RosterForm.svelte';
import WatchHandoverForm from './forms/WatchHandoverForm.svelte';

const plain = { text: textOf('text', 'note', 'reason'), draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true };

function ofCentre(object: PictureObject, w: W): string {
  const about = object.about ? live.objects.get(object.about) : undefined;
  return about ? nameOf(known(about), w) : '';
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const readiness: KindView = {
  ...plain,
  kind: 'readiness',
  icon: () => 'check',
  title: (object, w) => joined(w.m.values.kind.readiness, ofCentre(object, w)),
  form: ReadinessForm,
  beginning: () => ({ fields: { points: [] }, ...NO_LOCKS }),
  missing: (fields, w) => (listOf(fields['points']).length > 0 ? null : w.m.centres.needPoints),
};

const roster: KindView = {
  ...plain,
  kind: 'roster',
  icon: () => 'user',
  title: (object, w) => joined(w.m.values.kind.roster, w.of(w.m.centres.rosterStatus, known(object)['status'] ?? 'planned'), ofCentre(object, w)),
  form: RosterForm,
  beginning: () => ({ fields: { status: 'planned', duties: [] }, ...NO_LOCKS }),
  missing: (fields, w) => (listOf(fields['duties']).length > 0 ? null : w.m.centres.needDuties),
};

const watchHandover: KindView = {
  ...plain,
  kind: 'watch_handover',
  icon: () => 'hand',
  title: (object, w) => joined(w.m.values.kind.watch_handover, w.of(w.m.centres.handoverStatus, known(object)['status'] ?? 'put'), ofCentre(object, w)),
  form: WatchHandoverForm,
  beginning: (now, w) => ({ fields: { status: 'put', watch: { from: now - 12 * 3_600_000, to: now }, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    if (fields['status'] === 'refused' && !fields['reason']) return w.m.centres.needReason;
    return fields['text'] ? null : w.m.centres.needText;
  },
};

export const CENTRE_KINDS: readonly KindView[] = [readiness, roster, watchHandover];
