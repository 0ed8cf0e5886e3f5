// The ground that is asked about, as it is drawn: the outline of an area, or what lies between two lines.

import type { LonLat } from '../../map/drawing';
import { live } from '../../state/live.svelte';
import { drawnOf } from '../watch/kinds';
import { linesOf, ringBetween } from './strip';

export function askedRing(chosen: string | null): LonLat[] {
  const [one, other] = (linesOf(chosen) ?? []).map((ref) => live.objects.get(ref));
  if (one && other) return ringBetween(drawnOf(one).path ?? [], drawnOf(other).path ?? []);
  const area = chosen ? live.objects.get(chosen) : undefined;
  return area ? (drawnOf(area).ring ?? []) : [];
}
