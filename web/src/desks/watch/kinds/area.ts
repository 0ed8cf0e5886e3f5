import { drawRing } from '../../../map/drawing';
import { known } from '../../../state/objects';
import AreaForm from '../forms/AreaForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from './kind';

export const area: KindView = {
  kind: 'area',
  icon: () => 'area',
  title: (object, w) => {
    const fields = known(object);
    const purpose = fields['purpose'] ? w.of(w.m.values.purpose, fields['purpose']) : '';
    return joined(nameOf(fields, w) || w.m.values.kind.area, purpose);
  },
  text: textOf('note'),
  draw: drawRing,
  symbol: () => '',
  form: AreaForm,
  beginning: () => ({ fields: { purpose: 'joint_interest' }, ...NO_LOCKS }),
  missing: ({ ring }, w) => (Array.isArray(ring) && ring.length > 2 ? null : w.m.forms.needRing),
};
