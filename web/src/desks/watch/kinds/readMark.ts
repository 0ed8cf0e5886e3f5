import { UNDRAWN } from '../../../map/drawing';
import { type KindView, NO_LOCKS } from './kind';

/** Set at the bell or on the hotline, never in a form. */
export const readMark: KindView = {
  kind: 'read_mark',
  icon: () => 'check',
  title: (_object, w) => w.m.values.kind.read_mark,
  text: () => null,
  draw: () => UNDRAWN,
  symbol: () => 'log',
  beginning: () => ({ fields: {}, ...NO_LOCKS }),
  missing: () => null,
  oneCircle: true,
};
