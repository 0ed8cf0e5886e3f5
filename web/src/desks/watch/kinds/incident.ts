import { drawPlace } from '../../../map/drawing';
import { live } from '../../../state/live.svelte';
import { known } from '../../../state/objects';
import { type IconName, icons } from '../../../ui/icons';
import IncidentForm from '../forms/IncidentForm.svelte';
import { unread } from '../forms/unread';
import { fieldWord } from '../fieldWords';
import { joined, type KindView, nameOf, textOf, whereOf } from './kind';

export const incident: KindView = {
  kind: 'incident',
  icon: ({ category }) => (typeof category === 'string' && category in icons ? (category as IconName) : 'incident'),
  title: (object, w) => {
    const fields = known(object);
    const what = fields['category'] ? w.of(w.m.values.incidentCategory, fields['category']) : w.m.values.kind.incident;
    const teller = fields['on_behalf_of'];
    // wherever it is named: this is not the account of who entered it
    const told = typeof teller === 'string' ? w.m.quick.telephone(w.name(live.party(teller)?.names, teller)) : '';
    return joined(nameOf(fields, w) || joined(what, whereOf(fields, w)), told);
  },
  text: textOf('text'),
  draw: drawPlace,
  symbol: ({ category }) => `incident/${typeof category === 'string' ? category : 'other'}`,
  form: IncidentForm,
  beginning: (now, w) => ({
    // on the radio it is the first word of something that happens now
    fields: { when: { from: now, to: null }, when_precision: 'minute', lang: w.lang, stage: 'first', known_at: now },
    withhold: ['place'],
    grid: 10_000,
    hour: 6,
  }),
  missing: (fields, w) => (fields['category'] ? null : w.m.forms.needWhat),
  unsaid: (draft, w) => {
    const name = unread(draft);
    const { when, killed, wounded, accuracy } = w.m.forms;
    // as its box is called, which is not always what the field is called in a record
    const boxes: Record<string, string> = { when, killed, wounded, accuracy };
    if (name) return w.m.forms.unread(boxes[name] ?? fieldWord('incident', name));
    const emptied = draft.emptied();
    return emptied.length > 0 ? w.m.forms.emptied(w.list(emptied.map((one) => fieldWord('incident', one)))) : null;
  },
};
