// Offices and signatures as every desk shows them. Both are said on the pages of signing, which make and check the keys.

import type { Names } from '../../../api/types';
import { UNDRAWN } from '../../../map/drawing';
import { live } from '../../../state/live.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from '../../watch/kinds/kind';

const plain = {
  text: textOf('note'),
  draw: () => UNDRAWN,
  symbol: () => 'log',
  oneCircle: true,
  missing: () => null,
  beginning: () => ({ fields: {}, ...NO_LOCKS }),
};

export const signatory: KindView = {
  ...plain,
  kind: 'signatory',
  icon: () => 'user',
  title: (object, w) => joined(w.of(w.m.values.kind, 'signatory'), nameOf(known(object), w)),
};

export const signature: KindView = {
  ...plain,
  kind: 'signature',
  icon: () => 'edit',
  title: (object, w) => {
    const about = object.about ? live.objects.get(object.about) : undefined;
    const act = object.fields['act'];
    const word = act === 'initial' || act === 'sign' ? w.m.signing.acts[act] : w.of(w.m.values.kind, 'signature');
    return joined(word, about ? w.name(known(about)['names'] as Names) : '');
  },
};

export const SIGNING_KINDS: readonly KindView[] = [signatory, signature];
