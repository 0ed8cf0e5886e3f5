import { UNDRAWN } from '../../../map/drawing';
import { known } from '../../../state/objects';
import ProposalForm from '../forms/ProposalForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from './kind';

const CHANGES = ['moved', 'added', 'removed', 'retimed', 'closed', 'patrols'];

export const proposal: KindView = {
  kind: 'proposal',
  icon: () => 'edit',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || w.m.values.kind.proposal, fields['status'] ? w.of(w.m.values.proposalStatus, fields['status']) : '');
  },
  text: textOf('note'),
  draw: () => UNDRAWN,
  symbol: () => '',
  form: ProposalForm,
  beginning: (now) => ({ fields: { status: 'put', since: now }, ...NO_LOCKS }),
  missing: (fields, w) => {
    if (!fields['area']) return w.m.gaps.needArea;
    return CHANGES.some((name) => Array.isArray(fields[name]) && (fields[name] as unknown[]).length > 0) ? null : w.m.gaps.changesNone;
  },
};
