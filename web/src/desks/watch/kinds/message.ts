import { UNDRAWN } from '../../../map/drawing';
import { known } from '../../../state/objects';
import MessageForm from '../forms/MessageForm.svelte';
import { type KindView, NO_LOCKS, textOf } from './kind';

export const message: KindView = {
  kind: 'message',
  icon: () => 'message',
  title: (object, w) => {
    const text = known(object)['text'];
    const first = typeof text === 'string' ? (text.split('\n')[0] ?? '') : '';
    return first.length > 90 ? `${first.slice(0, 88)}…` : first || w.m.values.kind.message;
  },
  text: textOf('text'),
  draw: () => UNDRAWN,
  symbol: () => 'log',
  form: MessageForm,
  beginning: (_now, w) => ({ fields: { to: [], lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['text'] ? null : w.m.forms.needText),
};
