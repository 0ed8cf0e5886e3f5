import { toSchedule, ALWAYS } from '../../../format/week';
import { drawPlace } from '../../../map/drawing';
import { known } from '../../../state/objects';
import BaseForm from '../forms/BaseForm.svelte';
import { joined, type KindView, nameOf, textOf, whereOf } from './kind';

export const base: KindView = {
  kind: 'base',
  icon: () => 'base',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || whereOf(fields, w), w.m.values.kind.base);
  },
  text: textOf('note'),
  draw: drawPlace,
  symbol: ({ status }) => `post/base/${status === 'planned' ? 'planned' : status === 'closed' ? 'vacated' : 'manned'}`,
  form: BaseForm,
  beginning: () => ({
    fields: { status: 'at_work', mobility: ['car'], ready: [{ hours: toSchedule(ALWAYS), minutes: 15 }] },
    withhold: [],
    grid: 10_000,
    hour: 0,
  }),
  missing: ({ place, mobility }, w) => (!place ? w.m.forms.needPlace : Array.isArray(mobility) && mobility.length > 0 ? null : w.m.gaps.needMobility),
};
