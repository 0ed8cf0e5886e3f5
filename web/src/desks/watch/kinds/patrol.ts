import { drawPath } from '../../../map/drawing';
import { known } from '../../../state/objects';
import PatrolForm from '../forms/PatrolForm.svelte';
import { joined, type KindView, nameOf, NO_LOCKS, textOf } from './kind';

export const patrol: KindView = {
  kind: 'patrol',
  icon: () => 'patrol',
  title: (object, w) => joined(nameOf(known(object), w) || w.m.values.kind.patrol, statusOf(known(object)['status'], w.m.values.patrolStatus)),
  text: textOf('note'),
  draw: drawPath,
  symbol: () => '',
  form: PatrolForm,
  beginning: (now) => ({ fields: { status: 'running', since: now, width_m: 500 }, ...NO_LOCKS }),
  missing: ({ path, hours }, w) => (!Array.isArray(path) || path.length < 2 ? w.m.forms.needPath : hours ? null : w.m.gaps.needHours),
};

const statusOf = (status: unknown, all: Record<string, string>): string => all[String(status)] ?? '';
