// The ground between two lines, as something that is asked for in place of an area. Pure.

import type { LonLat } from '../../map/drawing';

const MARK = 'between:';
const PART = '|';

/** What stands for the ground between two lines where else the reference of an area stands; the order does not matter. */
export function stripOf(one: string, other: string): string {
  return MARK + [one, other].sort().join(PART);
}

/** The two lines that something chosen lies between; null for an area. */
export function linesOf(chosen: string | null): [string, string] | null {
  if (!chosen?.startsWith(MARK)) return null;
  const [one, other] = chosen.slice(MARK.length).split(PART);
  return one !== undefined && other !== undefined ? [one, other] : null;
}

/** What a node is asked: an area by reference, or two lines. */
export function groundOf(chosen: string): { area: string } | { between: [string, string] } {
  const lines = linesOf(chosen);
  return lines ? { between: lines } : { area: chosen };
}

/** Along one line, across to the nearer end of the other, and back along that. */
export function ringBetween(one: readonly LonLat[], other: readonly LonLat[]): LonLat[] {
  const [a, b, c, d] = [one[0], one.at(-1), other[0], other.at(-1)];
  if (!a || !b || !c || !d) return [];
  const alike = apart(b, d) + apart(a, c) <= apart(b, c) + apart(a, d);
  return [...one, ...(alike ? [...other].reverse() : other), a];
}

function apart([lon, lat]: LonLat, [x, y]: LonLat): number {
  return Math.hypot((lon - x) * Math.cos((((lat + y) / 2) * Math.PI) / 180), lat - y);
}
