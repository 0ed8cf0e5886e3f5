// Reports as every desk shows them. They are issued on their page; the form corrects what one says.

import { UNDRAWN } from '../../../map/drawing';
import { known } from '../../../state/objects';
import { joined, type KindView } from '../../watch/kinds/kind';
import ReportForm from './ReportForm.svelte';

export const report: KindView = {
  kind: 'report',
  icon: () => 'log',
  title: (object, w) => {
    const fields = known(object);
    const cutoff = fields['cutoff'];
    return joined(w.of(w.m.reports.kinds, fields['report']) || w.m.values.kind.report, cutoff ? w.date(Number(cutoff)) : '');
  },
  text: (object) => {
    const common = (known(object)['common'] ?? {}) as Record<string, string>;
    const [lang, text] = Object.entries(common)[0] ?? [];
    return text ? { text, lang: lang ?? null } : null;
  },
  draw: () => UNDRAWN,
  symbol: () => 'log',
  oneCircle: true,
  form: ReportForm,
  beginning: () => ({ fields: { report: 'situation' }, withhold: ['reserved'], grid: 0, hour: 0 }),
  missing: (fields, w) => (fields['digest'] || fields['common'] || fields['reason'] ? null : w.m.reports.needText),
};
