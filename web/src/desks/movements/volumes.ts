// The ground and time of a plan as it is drawn, and as a record tells it. Pure. Degrees here are real degrees; a record
// has degrees × 10⁷, Unix milliseconds and whole metres.

import { beside, inOnePiece, type LonLat } from '../../map/drawing';
import { pathLength } from '../../format/grid';

export type ShapeKind = 'ring' | 'path' | 'route';

/** One place of a plan while it is being drawn. `times` are those at the points of a route between its first and its last,
 * typed or from a file; what is null there, and all where it is null, follows from even speed. */
export interface Shape {
  shape: ShapeKind;
  points: LonLat[];
  times: (number | null)[] | null;
  width: number;
  from: number | null;
  to: number | null;
  low: number | null;
  high: number | null;
  everyMinutes: number | null;
  count: number | null;
}

type E7Pair = [number, number];

export interface Volume {
  ring?: E7Pair[];
  path?: E7Pair[];
  route?: [number, number, number][];
  width_m?: number;
  window?: { from: number; to: number };
  band?: { low_m: number; high_m: number };
  repeat?: { every_minutes: number; times: number };
}

const HOUR = 3_600_000;
const E7 = 1e7;
/** A place that was clicked on a further turn of the map is the same place. */
const e7 = ([lon, lat]: LonLat): E7Pair => [Math.round((Math.abs(lon) > 180 ? beside(lon, 0) : lon) * E7), Math.round(lat * E7)];
const degrees = (pair: readonly number[]): LonLat => [(pair[0] ?? 0) / E7, (pair[1] ?? 0) / E7];

export function firstShape(now: number): Shape {
  const from = Math.ceil(now / HOUR) * HOUR + HOUR;
  return { shape: 'ring', points: [], times: null, width: 500, from, to: from + 2 * HOUR, low: null, high: null, everyMinutes: null, count: null };
}

/** Times at even speed from the first point to the last, each later than the one before. */
export function evenTimes(points: readonly LonLat[], from: number, to: number): number[] {
  const whole = pathLength(points);
  let gone = 0;
  let last = from - 1;
  return points.map((point, i) => {
    const before = points[i - 1];
    if (before) gone += pathLength([before, point]);
    const part = whole > 0 ? gone / whole : i / Math.max(1, points.length - 1);
    last = Math.max(last + 1, i === points.length - 1 ? to : Math.round(from + part * (to - from)));
    return last;
  });
}

/** The time at every point of a route: the first and the last, those typed between, even speed from one to the next. */
export function routeTimes(one: Pick<Shape, 'points' | 'times' | 'from' | 'to'>): number[] {
  const { points, times, from, to } = one;
  const last = points.length - 1;
  if (from === null || to === null || last < 1) return [];
  const found = [from];
  let start = 0;
  let since = from;
  for (let i = 1; i <= last; i++) {
    const at = i === last ? to : (times?.[i] ?? null);
    if (at === null) continue;
    found.push(...evenTimes(points.slice(start, i + 1), since, at).slice(1, -1), at);
    [start, since] = [i, at];
  }
  return found;
}

/** Whether every time is later than the one before: what was typed between may not be. */
export const rises = (times: readonly number[]): boolean => times.every((at, i) => i === 0 || at > (times[i - 1] ?? at));

/** The times between as they are kept while points are added at the end or taken off there. */
export function keptTimes(one: Shape, points: readonly LonLat[]): Shape['times'] {
  if (!one.times) return null;
  const same = (i: number): boolean => one.points[i]?.[0] === points[i]?.[0] && one.points[i]?.[1] === points[i]?.[1];
  const kept = points.map((_, i) => (i > 0 && i < points.length - 1 && same(i) ? (one.times?.[i] ?? null) : null));
  return kept.some((at) => at !== null) ? kept : null;
}

/** What the record is to say; null while something is missing. */
export function toVolume(one: Shape): Volume | null {
  if (one.points.length < (one.shape === 'ring' ? 3 : 2)) return null;
  if (one.from === null || one.to === null || one.to <= one.from) return null;
  const volume: Volume = {};
  if (one.shape === 'ring') volume.ring = one.points.map(e7);
  else volume.width_m = Math.max(1, Math.round(one.width));
  if (one.shape === 'path') volume.path = one.points.map(e7);
  if (one.shape === 'route') {
    const times = routeTimes(one);
    if (!rises(times)) return null;
    volume.route = one.points.map((point, i) => [...e7(point), times[i] ?? 0]);
  } else volume.window = { from: one.from, to: one.to };
  if (one.low !== null && one.high !== null && one.low <= one.high) volume.band = { low_m: one.low, high_m: one.high };
  if (one.everyMinutes !== null && one.count !== null && one.count > 1) volume.repeat = { every_minutes: one.everyMinutes, times: one.count };
  return volume;
}

export function fromVolume(volume: Volume): Shape {
  const points = (volume.ring ?? volume.path ?? volume.route ?? []).map(degrees);
  const [from, to] = firstTime(volume);
  return {
    shape: volume.ring ? 'ring' : volume.path ? 'path' : 'route',
    points,
    times: volume.route ? typedTimes(points, volume.route.map(([, , at]) => at)) : null,
    width: volume.width_m ?? 500,
    from,
    to,
    low: volume.band?.low_m ?? null,
    high: volume.band?.high_m ?? null,
    everyMinutes: volume.repeat?.every_minutes ?? null,
    count: volume.repeat?.times ?? null,
  };
}

/** Times between that even speed does not give, to the second. */
function typedTimes(points: readonly LonLat[], times: readonly number[]): Shape['times'] {
  const last = times.length - 1;
  const even = evenTimes(points, times[0] ?? 0, times[last] ?? 0);
  if (times.every((at, i) => Math.abs(at - (even[i] ?? at)) < 1000)) return null;
  return times.map((at, i) => (i === 0 || i === last ? null : at));
}

export function volumesOf(value: unknown): Volume[] {
  return Array.isArray(value) ? value.filter((one): one is Volume => typeof one === 'object' && one !== null) : [];
}

/** From and to (ms) of the first time that it takes place. */
export function firstTime(volume: Volume): [number, number] {
  const route = volume.route;
  if (route) return [route[0]?.[2] ?? 0, route[route.length - 1]?.[2] ?? 0];
  return [volume.window?.from ?? 0, volume.window?.to ?? 0];
}

/** When it ends for the last time (ms). */
export function lastTime(volume: Volume): number {
  const again = volume.repeat ? volume.repeat.every_minutes * (volume.repeat.times - 1) * 60_000 : 0;
  return firstTime(volume)[1] + again;
}

/** Every time that it takes place within a period, at most so many. */
export function timesWithin(volume: Volume, from: number, to: number, most = 200): [number, number][] {
  const [start, end] = firstTime(volume);
  const step = (volume.repeat?.every_minutes ?? 0) * 60_000;
  const count = step > 0 ? (volume.repeat?.times ?? 1) : 1;
  const skip = step > 0 ? Math.max(0, Math.ceil((from - end) / step)) : 0;
  const found: [number, number][] = [];
  for (let i = skip; i < count && found.length < most; i++) {
    const [a, b] = [start + i * step, end + i * step];
    if (a > to) break;
    if (b >= from) found.push([a, b]);
  }
  return found;
}

/** Times that overlap or touch as one: several places of a plan at the same time are one bar. */
export function joinedTimes(times: readonly [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of [...times].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

/** Whether it takes place at a moment, and how far into that time the moment lies (ms); null where it does not. */
export function intoTime(volume: Volume, at: number): number | null {
  const [time] = timesWithin(volume, at, at, 1);
  return time ? at - time[0] : null;
}

/** Where a timed route is at a moment; null where it is not under way or has no times. */
export function positionAt(volume: Volume, at: number): LonLat | null {
  const route = volume.route;
  const into = route ? intoTime(volume, at) : null;
  if (!route || into === null) return null;
  const when = firstTime(volume)[0] + into;
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1], route[i]];
    if (!a || !b || when > b[2]) continue;
    const part = b[2] > a[2] ? Math.max(0, (when - a[2]) / (b[2] - a[2])) : 0;
    const [west, east] = [a[0] / E7, beside(b[0] / E7, a[0] / E7)];
    return [beside(west + part * (east - west), 0), (a[1] + part * (b[1] - a[1])) / E7];
  }
  return null;
}

export function pointsOf(volume: Volume): LonLat[] {
  return inOnePiece((volume.ring ?? volume.path ?? volume.route ?? []).map(degrees));
}

/** Whether the boxes around two lists of points overlap, each list in one piece. */
export function near(one: readonly LonLat[], other: readonly LonLat[]): boolean {
  const [a, b] = [box(one), box(other)];
  if (a === null || b === null || a[1] > b[3] || b[1] > a[3]) return false;
  return [-360, 0, 360].some((turn) => a[0] + turn <= b[2] && b[0] <= a[2] + turn);
}

function box(points: readonly LonLat[]): [number, number, number, number] | null {
  if (points.length === 0) return null;
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
