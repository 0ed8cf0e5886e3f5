import { UNDRAWN } from '../../../map/drawing';
import { known } from '../../../state/objects';
import ArrangementForm from '../forms/ArrangementForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from './kind';

export const arrangement: KindView = {
  kind: 'arrangement',
  icon: () => 'hand',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || w.m.values.kind.arrangement, fields['status'] ? w.of(w.m.values.arrangementStatus, fields['status']) : '');
  },
  text: textOf('note'),
  draw: () => UNDRAWN,
  symbol: () => '',
  form: ArrangementForm,
  beginning: (now) => ({ fields: { status: 'proposed', since: now, ways: [{ seen: true, reached_minutes: 30 }, { patrolled_hours: 6 }] }, ...NO_LOCKS }),
  missing: ({ area, ways }, w) => {
    if (!area) return w.m.gaps.needArea;
    const named = Array.isArray(ways) && ways.length > 0 && ways.every((way) => typeof way === 'object' && way !== null && Object.keys(way).length > 0);
    return named ? null : w.m.gaps.needWay;
  },
};
