// Which plans are shown: not over unless asked for, near the chosen ground, of one's own concern where that is wanted.

import type { Plan } from '../../api/movements';
import { extent } from '../../map/drawing';
import { live } from '../../state/live.svelte';
import { movements } from '../../state/movements.svelte';
import { known } from '../../state/objects';
import { drawnOf } from '../watch/kinds';
import { near, pointsOf, volumesOf } from './volumes';
import { isOver } from './words';

function isOurs(plan: Plan): boolean {
  const meets = (movements.view?.collisions ?? []).some((one) => one.plans.includes(plan.ref) && one.parties.includes(live.me));
  return plan.party === live.me || plan.parties.some((one) => one.party === live.me) || meets;
}

function isNear(plan: Plan): boolean {
  const area = movements.area ? live.objects.get(movements.area) : undefined;
  const object = live.objects.get(plan.ref);
  if (!area || !object || !plan.placed) return true;
  const ring = extent(drawnOf(area));
  return volumesOf(known(object)['volumes']).some((volume) => near(pointsOf(volume), ring));
}

export function shownPlans(): Plan[] {
  return (movements.view?.plans ?? []).filter((plan) => (movements.over || !isOver(plan)) && (!movements.ours || isOurs(plan)) && isNear(plan));
}
