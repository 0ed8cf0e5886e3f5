import { drawPlace } from '../../../map/drawing';
import { known } from '../../../state/objects';
import CentreForm from '../forms/CentreForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf, whereOf } from './kind';

export const centre: KindView = {
  kind: 'centre',
  icon: () => 'centre',
  title: (object, w) => {
    const fields = known(object);
    const state = fields['state'] ? w.of(w.m.values.state, fields['state']) : '';
    return joined(nameOf(fields, w) || joined(w.m.values.kind.centre, whereOf(fields, w)), state);
  },
  text: textOf('text', 'reason'),
  draw: drawPlace,
  symbol: ({ state }) => `centre/${String(state ?? 'agreed')}`,
  form: CentreForm,
  beginning: (now, w) => ({ fields: { since: now, since_precision: 'day', lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    if (!fields['state']) return w.m.forms.needState;
    return fields['anyway'] === false ? w.m.centres.needAnyway : null;
  },
  // a tick of the form and no field of the record
  prepare: async (request) => ({
    ...request,
    on_purpose: request.fields['anyway'] === true,
    fields: Object.fromEntries(Object.entries(request.fields).filter(([name]) => name !== 'anyway')),
  }),
};
