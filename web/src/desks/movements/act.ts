// What one can do with a plan, a collision or a position: each opens the form that leads to the preview.

import type { Collision, Plan, Position } from '../../api/movements';
import { desk } from '../../state/desk.svelte';
import { live } from '../../state/live.svelte';

export const show = (ref: string | null): void => desk.select(ref, false, 'movements');

export type Verdict = 'clear' | 'conditional' | 'objection' | 'stale' | 'acknowledged';

/** Own plans that meet another's and that its author did not list although its node had them, or could not know. */
export function unlistedIn(plan: Plan, collisions: readonly Collision[]): string[] {
  return collisions
    .filter((one) => one.plans.includes(plan.ref) && one.unlisted.includes(plan.ref))
    .map((one) => one.revisions[one.plans[0] === plan.ref ? 1 : 0])
    .filter((ref) => ref.startsWith(`${live.me}/`));
}

export function answer(plan: Plan, verdict: Verdict, unknown: string[]): void {
  const object = live.objects.get(plan.ref);
  const stale = verdict === 'stale' ? { unknown } : {};
  if (object) desk.write('answer', null, object, { revision: plan.revision, verdict, ...stale });
}

/** A word on the conditions of an answer to one's own plan. */
export function consentTo(ref: string, verdict: 'accepted' | 'declined' | 'withdrawn'): void {
  const object = live.objects.get(ref);
  const revision = ref.split('/')[1] ?? '';
  if (object) desk.write('consent', null, object, { revision, verdict });
}

export function consentOn(one: Position, verdict: 'accepted' | 'declined' | 'withdrawn'): void {
  const object = live.objects.get(one.ref);
  if (object) desk.write('consent', null, object, { revision: one.revision, verdict });
}

export function hotline(collision: string): void {
  desk.write('hotline', null, null, { collision });
}

/** A change of one's own record, with some of it set already. */
export function revise(ref: string, set: Record<string, unknown> = {}): void {
  const object = live.objects.get(ref);
  if (!object) return;
  desk.write(object.kind, object, null, Object.keys(set).length > 0 ? set : null);
}

export function enteredInto(position: Position): void {
  const object = live.objects.get(position.ref);
  if (object) desk.write('entered', null, object);
}
