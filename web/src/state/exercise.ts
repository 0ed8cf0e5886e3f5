// As of when an exercise is read: one that is over, and in which nobody said anything since, as of its end.

import { live } from './live.svelte';

const DAY = 86_400_000;

/** What a node says of itself when it is set up and when it enters a circle: no word in the exercise. */
const SET_UP: readonly string[] = ['party', 'circle'];

/** The end of the exercise (ms); null where it is read as of now. */
export function exerciseEnd(now: number): number | null {
  const end = live.circle?.exercise ? live.node?.clock?.to : undefined;
  if (end === undefined || end >= now - DAY) return null;
  for (const object of live.objects.values()) if (object.said > end + DAY && !SET_UP.includes(object.kind)) return null;
  return end;
}
