// A shape out of a file that other programs write: GeoJSON, GPX, or a table with degrees or MGRS. Pure; reads text, not
// files. What is no shape gives null. Nothing but points and their times is taken: names and other fields stay behind.

import { fromMgrs } from '../../format/grid';
import { latinDigits } from '../../format/digits';
import type { LonLat } from '../../map/drawing';
import type { ShapeKind } from './volumes';

export interface FoundShape {
  shape: ShapeKind;
  points: LonLat[];
  times: number[] | null;
}

const MOST = 1000;
export const LARGEST = 4 << 20;

export function readShape(name: string, text: string): FoundShape | null {
  if (text.length > LARGEST) return null;
  const found = /\.gpx$/i.test(name) || text.trimStart().startsWith('<') ? readGpx(text) : /^\s*[{[]/.test(text) ? readGeoJson(text) : readTable(text);
  if (!found) return null;
  const points = found.points;
  const fit = points.length >= 2 && points.length <= MOST && points.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 84);
  return fit ? { ...found, times: rising(found.times) } : null;
}

const rising = (times: number[] | null): number[] | null => (times && times.every((at, i) => Number.isFinite(at) && (i === 0 || at > (times[i - 1] ?? 0))) ? times : null);

function readGeoJson(text: string): FoundShape | null {
  try {
    return geometry(JSON.parse(text) as unknown, 0);
  } catch {
    return null;
  }
}

function geometry(value: unknown, depth: number): FoundShape | null {
  if (typeof value !== 'object' || value === null || depth > 4) return null;
  const one = value as Record<string, unknown>;
  const inner = one['features'] ?? one['geometries'];
  if (Array.isArray(inner)) {
    for (const part of inner) {
      const found = geometry(part, depth + 1);
      if (found) return found;
    }
    return null;
  }
  if (one['type'] === 'Feature') {
    const found = geometry(one['geometry'], depth + 1);
    return found && { ...found, times: timesOf(one['properties'], found.points.length) ?? found.times };
  }
  const at = one['coordinates'];
  if (!Array.isArray(at)) return null;
  if (one['type'] === 'LineString') return line(at);
  if (one['type'] === 'Polygon') return ring(at[0]);
  if (one['type'] === 'MultiPolygon') return ring((at[0] as unknown[] | undefined)?.[0]);
  if (one['type'] === 'MultiLineString') return line(at[0]);
  return null;
}

function timesOf(properties: unknown, count: number): number[] | null {
  const given = (properties as Record<string, unknown> | null)?.['coordTimes'] ?? (properties as Record<string, unknown> | null)?.['times'];
  return Array.isArray(given) && given.length === count ? given.map((one) => (typeof one === 'number' ? one : Date.parse(String(one)))) : null;
}

function places(value: unknown): LonLat[] {
  if (!Array.isArray(value)) return [];
  return value.filter((p): p is number[] => Array.isArray(p) && Number.isFinite(p[0]) && Number.isFinite(p[1])).map((p) => [p[0] ?? 0, p[1] ?? 0]);
}

function line(value: unknown): FoundShape | null {
  const points = places(value);
  return points.length > 1 ? { shape: 'path', points, times: null } : null;
}

function ring(value: unknown): FoundShape | null {
  const points = places(value);
  const [first, last] = [points[0], points[points.length - 1]];
  if (first && last && points.length > 3 && first[0] === last[0] && first[1] === last[1]) points.pop();
  return points.length > 2 ? { shape: 'ring', points, times: null } : null;
}

/** Track, route or way points of the first of them that there is. */
function readGpx(text: string): FoundShape | null {
  for (const tag of ['trkpt', 'rtept', 'wpt']) {
    const points: LonLat[] = [];
    const times: number[] = [];
    for (const [, head = '', body = ''] of text.matchAll(new RegExp(`<${tag}\\b([^>]*?)(?:/>|>([\\s\\S]*?)</${tag}>)`, 'g'))) {
      const lat = Number(/\blat\s*=\s*["']([^"']+)["']/.exec(head)?.[1] ?? NaN);
      const lon = Number(/\blon\s*=\s*["']([^"']+)["']/.exec(head)?.[1] ?? NaN);
      if (!Number.isFinite(lat) || !Number.isFinite(lon)) continue;
      points.push([lon, lat]);
      times.push(Date.parse(/<time>([^<]+)<\/time>/.exec(body)?.[1] ?? ''));
    }
    if (points.length > 1) return withTimes(points, times);
  }
  return null;
}

function withTimes(points: LonLat[], times: number[]): FoundShape {
  const known = rising(times);
  return { shape: known ? 'route' : 'path', points, times: known };
}

/** Columns by name (lat, lon, mgrs, time); without a head `lat,lon` or one MGRS reference a line. */
function readTable(text: string): FoundShape | null {
  const rows = text
    .split(/\r?\n/)
    .map((row) => latinDigits(row).split(/[;,\t]/).map((cell) => cell.trim().replace(/^"|"$/g, '')))
    .filter((row) => row.some(Boolean));
  const head = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const at = (...names: string[]): number => head.findIndex((cell) => names.includes(cell));
  const columns = { lat: at('lat', 'latitude', 'y'), lon: at('lon', 'lng', 'longitude', 'x'), mgrs: at('mgrs', 'grid'), time: at('time', 'at', 'when') };
  const named = columns.mgrs >= 0 || (columns.lat >= 0 && columns.lon >= 0);
  const points: LonLat[] = [];
  const times: number[] = [];
  for (const row of named ? rows.slice(1) : rows) {
    const point = named ? place(row[columns.mgrs] ?? '', row[columns.lat] ?? '', row[columns.lon] ?? '') : place(row[0] ?? '', row[0] ?? '', row[1] ?? '');
    if (!point) return null;
    points.push(point);
    times.push(Date.parse(row[columns.time] ?? ''));
  }
  return points.length > 1 ? withTimes(points, times) : null;
}

function place(mgrs: string, lat: string, lon: string): LonLat | null {
  const found = mgrs ? fromMgrs(mgrs) : null;
  if (found) return [found.lon, found.lat];
  const [y, x] = [lat === '' ? NaN : Number(lat), lon === '' ? NaN : Number(lon)];
  return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
}
