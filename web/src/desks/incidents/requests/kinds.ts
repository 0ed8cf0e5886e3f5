// Requests and their steps as every desk shows them.

import { drawPlace, UNDRAWN } from '../../../map/drawing';
import { clock } from '../../../state/clock.svelte';
import { live } from '../../../state/live.svelte';
import { takingPart } from '../../../state/movements.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, NO_LOCKS, textOf, whereOf } from '../../watch/kinds/kind';
import RequestForm from './RequestForm.svelte';

const partiesOf = (value: unknown, name: (id: string) => string): string[] => (Array.isArray(value) ? value.map((id) => name(String(id))) : []);

/** The other side where there is one: who facilitates is asked only where it is ticked. */
function theOther(): string[] {
  const others = takingPart().filter((id) => id !== live.me);
  return others.length === 1 ? others : [];
}

export const request: KindView = {
  kind: 'request',
  icon: () => 'hand',
  title: (object, w) => {
    const fields = known(object);
    const type = fields['request_type'];
    const to = w.list(partiesOf(fields['to'], (id) => w.name(live.party(id)?.names, id)));
    return joined(type ? w.m.requests.requestFor(w.of(w.m.requests.type, type), to) : w.m.values.kind.request, whereOf(fields, w));
  },
  text: textOf('text', 'reason'),
  draw: drawPlace,
  symbol: () => 'log',
  form: RequestForm,
  oneCircle: true,
  beginning: (_now, w) => ({ fields: { request_type: 'information', to: theOther(), lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.requests;
    if (!fields['request_type']) return t.needType;
    if (partiesOf(fields['to'], String).length === 0) return t.needTo;
    if (!fields['text']) return t.needText;
    return typeof fields['due'] === 'number' && fields['due'] <= clock.read() ? t.pastDue : null;
  },
};

export const requestStep: KindView = {
  kind: 'request_step',
  icon: () => 'check',
  title: (object, w) => joined(w.of(w.m.requests.step, known(object)['step']), w.name(live.party(object.party)?.names, object.party)),
  text: textOf('text', 'reason'),
  draw: () => UNDRAWN,
  symbol: () => 'log',
  oneCircle: true,
  beginning: () => ({ fields: {}, ...NO_LOCKS }),
  missing: () => null,
};

export const REQUEST_KINDS: readonly KindView[] = [request, requestStep];
