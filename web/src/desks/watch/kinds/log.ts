import { drawPlace } from '../../../map/drawing';
import { known } from '../../../state/objects';
import LogForm from '../forms/LogForm.svelte';
import { joined, type KindView, nameOf, textOf, whereOf } from './kind';

export const log: KindView = {
  kind: 'log',
  icon: ({ category }) => (category === 'meeting' ? 'meeting' : category === 'call' ? 'message' : 'log'),
  title: (object, w) => {
    const fields = known(object);
    const what = fields['category'] ? w.of(w.m.values.logCategory, fields['category']) : w.m.values.kind.log;
    return nameOf(fields, w) || joined(what, whereOf(fields, w));
  },
  text: textOf('text'),
  draw: drawPlace,
  symbol: () => 'log',
  form: LogForm,
  beginning: (now, w) => ({
    fields: { category: 'entry', when: { from: now, to: null }, when_precision: 'minute', lang: w.lang },
    withhold: [],
    grid: 10_000,
    hour: 6,
  }),
  // a call may be noted without what was said in it
  missing: (fields, w) => (fields['text'] || fields['category'] === 'call' ? null : w.m.forms.needText),
};
