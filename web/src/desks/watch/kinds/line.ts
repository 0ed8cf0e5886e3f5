import { drawPath } from '../../../map/drawing';
import { known } from '../../../state/objects';
import LineForm from '../forms/LineForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from './kind';

export const line: KindView = {
  kind: 'line',
  icon: () => 'line',
  title: (object, w) => {
    const fields = known(object);
    const status = fields['status'] ? w.of(w.m.values.lineStatus, fields['status']) : '';
    return joined(nameOf(fields, w) || w.m.values.kind.line, status);
  },
  text: textOf('note'),
  draw: drawPath,
  symbol: () => '',
  form: LineForm,
  beginning: (now) => ({ fields: { status: 'held', since: now }, ...NO_LOCKS }),
  missing: ({ path }, w) => (Array.isArray(path) && path.length > 1 ? null : w.m.forms.needPath),
};
