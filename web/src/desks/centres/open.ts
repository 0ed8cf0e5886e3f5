// What is open at a desk when its watch ends: carried over, plans that wait for its answer, requests of both sides that
// wait, messages that nobody here has read, what asks for something, incidents of the watch. Pure.

import type { HandingOver } from '../../api/centres';
import type { Plan } from '../../api/movements';
import type { RequestStanding } from '../../api/requests';
import type { PictureObject } from '../../api/types';

export interface OpenItem {
  ref: string;
  why: 'carried' | 'plan' | 'request' | 'message' | 'asked' | 'incident';
}

export const MOST_OPEN = 64;
const DAY = 24 * 3_600_000;
/** What asks for something is looked for so far back. */
const ASKED_FOR = 3 * DAY;

type Wanted = Pick<RequestStanding, 'ref' | 'party' | 'waits_for'>;
type Seen = Pick<PictureObject, 'ref' | 'kind' | 'party' | 'at' | 'fields' | 'erased'>;
type Waiting = Pick<Plan, 'ref' | 'party' | 'phase' | 'state'> & { parties: { party: string; given: { word: string } }[] };

/** Each once, what was carried over first, incidents last. */
export function openItems(objects: readonly Seen[], me: string, now: number, plans: readonly Waiting[], handed: readonly Pick<HandingOver, 'party' | 'standing' | 'open'>[], requests: readonly Wanted[] = [], unread: readonly string[] = []): OpenItem[] {
  const last = handed.find((one) => one.party === me && one.standing !== 'refused' && one.standing !== 'erased');
  const recent = objects.filter((one) => !one.erased && one.at <= now);
  const found: OpenItem[] = [
    ...(last?.open ?? []).map(({ ref }): OpenItem => ({ ref, why: 'carried' })),
    ...plans
      .filter((plan) => plan.party !== me && plan.phase !== 'over' && !['ended', 'cancelled', 'erased', 'informed'].includes(plan.state))
      .filter((plan) => plan.parties.some((one) => one.party === me && one.given.word === 'silent'))
      .map((plan): OpenItem => ({ ref: plan.ref, why: 'plan' })),
    ...requests.filter((one) => one.waits_for.length > 0 && (one.party === me || one.waits_for.includes(me))).map((one): OpenItem => ({ ref: one.ref, why: 'request' })),
    ...unread.map((ref): OpenItem => ({ ref, why: 'message' })),
    ...recent.filter((one) => one.party !== me && one.kind !== 'activity' && typeof one.fields['ask'] === 'string' && now - one.at < ASKED_FOR).map((one): OpenItem => ({ ref: one.ref, why: 'asked' })),
    ...recent.filter((one) => one.kind === 'incident' && now - one.at < DAY).map((one): OpenItem => ({ ref: one.ref, why: 'incident' })),
  ];
  return found.filter((one, i) => found.findIndex((other) => other.ref === one.ref) === i);
}

/** Of what is ticked as many as a hand-over may name: what waits for an answer stands before incidents. */
export function named(found: readonly OpenItem[], ticked: readonly string[]): string[] {
  const place = new Map(found.map((one, i) => [one.ref, i]));
  return [...new Set(ticked)].sort((a, b) => (place.get(a) ?? -1) - (place.get(b) ?? -1)).slice(0, MOST_OPEN);
}
