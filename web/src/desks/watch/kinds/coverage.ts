import { UNDRAWN } from '../../../map/drawing';
import { known } from '../../../state/objects';
import CoverageForm from '../forms/CoverageForm.svelte';
import { type KindView, nameOf, NO_LOCKS, textOf } from './kind';

export const coverage: KindView = {
  kind: 'coverage',
  icon: () => 'eye',
  title: (object, w) => nameOf(known(object), w) || w.m.values.kind.coverage,
  text: textOf('note'),
  draw: () => UNDRAWN,
  symbol: () => '',
  form: CoverageForm,
  beginning: (now) => ({ fields: { since: now }, ...NO_LOCKS }),
  missing: ({ area, frame, layers }, w) => (!area ? w.m.gaps.needArea : frame && layers ? null : w.m.gaps.coverageNone),
};
