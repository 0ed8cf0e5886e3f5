// Terms of reference as every desk shows them.

import { UNDRAWN } from '../../../map/drawing';
import type { Fields } from '../../../api/types';
import { known } from '../../../state/objects';
import { movements, takingPart } from '../../../state/movements.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from '../../watch/kinds/kind';
import TermsForm from './TermsForm.svelte';

export const terms: KindView = {
  kind: 'terms',
  icon: () => 'log',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || w.m.values.kind.terms, fields['version'] ? w.m.moves.version(w.d(Number(fields['version']))) : '');
  },
  text: textOf('note'),
  draw: () => UNDRAWN,
  symbol: () => 'log',
  oneCircle: true,
  form: TermsForm,
  beginning: (_now, w) => ({ fields: { ...firstTerms(), lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const rungs = (fields['ladder'] ?? []) as { after_minutes: number }[];
    return rungs.every((rung, i) => i === 0 || rung.after_minutes > (rungs[i - 1]?.after_minutes ?? -1)) ? null : w.m.moves.needLadder;
  },
};

function firstTerms(): Fields {
  return {
    version: 1 + Math.max(0, ...(movements.view?.terms ?? []).map((one) => one.version ?? 0)),
    parties: takingPart(),
    lead: [{ minutes: 1440 }],
    answer: [{ minutes: 120 }],
    ladder: [
      { after_minutes: 60, level: 'centre' },
      { after_minutes: 120, level: 'command' },
    ],
    buffers: { distance_m: 1000, minutes: 30, height_m: 150 },
    status: 'proposed',
  };
}
