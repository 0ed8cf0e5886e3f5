// What of an object is drawn on the map, and how exactly its place is known. Pure; degrees here are real degrees.

import type { Cell, Fields, Place, PictureObject } from '../api/types';
import { gridSquare } from '../format/grid';
import { known } from '../state/objects';

export type Precision = 'exact' | 'coarse' | 'none';
export type LonLat = [number, number];

/** Beyond this stated accuracy (metres) a point is drawn as roughly known. */
export const ROUGH = 500;

export interface Drawn {
  precision: Precision;
  point: LonLat | null;
  /** Radius in metres where the point is only roughly known. */
  accuracy: number;
  /** The grid square that was told in place of the point, closed. */
  square: LonLat[] | null;
  path: LonLat[] | null;
  ring: LonLat[] | null;
  /** Further shapes of the same thing. */
  more?: Drawn[];
}

export const UNDRAWN: Drawn = { precision: 'none', point: null, accuracy: 0, square: null, path: null, ring: null };

const degrees = (e7: number): number => e7 / 1e7;

/** A longitude moved by whole turns to where it is nearest to another one: past 180° where the shorter way leads there. */
export const beside = (lon: number, other: number): number => lon - 360 * Math.round((lon - other) / 360);

/** The same points with each beside the one before it, so that a shape across the 180th meridian is drawn in one piece. */
export function inOnePiece(points: readonly LonLat[]): LonLat[] {
  const found: LonLat[] = [];
  for (const [lon, lat] of points) found.push([beside(lon, found[found.length - 1]?.[0] ?? lon), lat]);
  return found;
}

/** Points of several shapes beside the first of them: what lies on both sides of the 180th meridian is seen at once. */
export function together(points: readonly LonLat[]): LonLat[] {
  const first = points[0]?.[0] ?? 0;
  return points.map(([lon, lat]) => [beside(lon, first), lat]);
}

export function lonLat(at: { lat: number; lon: number }): LonLat {
  return [degrees(at.lon), degrees(at.lat)];
}

export function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'accuracy' in value && 'lat' in value;
}

export function isCell(value: unknown): value is Cell {
  return typeof value === 'object' && value !== null && 'size' in value && 'mgrs' in value;
}

/** A place, exact or roughly known, or the square told in its stead. */
export function drawPlace(object: PictureObject): Drawn {
  return placeOf(known(object));
}

export function placeOf(fields: Fields): Drawn {
  const { place, place_coarse: cell } = fields;
  const square = isCell(cell) ? gridSquare(degrees(cell.lat), degrees(cell.lon), cell.size) : null;
  if (isPlace(place)) return { ...UNDRAWN, precision: 'exact', point: lonLat(place), accuracy: place.accuracy, square };
  if (isCell(cell)) return { ...UNDRAWN, precision: 'coarse', point: lonLat(cell), square };
  return UNDRAWN;
}

export function points(value: unknown): LonLat[] {
  if (!Array.isArray(value)) return [];
  return inOnePiece(
    value
      .filter((p): p is [number, number] => Array.isArray(p) && p.length >= 2)
      .map(([lon, lat]) => [degrees(lon), degrees(lat)]),
  );
}

export function drawPath(object: PictureObject): Drawn {
  const path = points(known(object)['path']);
  return path.length > 1 ? { ...UNDRAWN, precision: 'exact', path } : UNDRAWN;
}

export function drawRing(object: PictureObject): Drawn {
  const ring = points(known(object)['ring']);
  const first = ring[0];
  return first && ring.length > 2 ? { ...UNDRAWN, precision: 'exact', ring: [...ring, first] } : UNDRAWN;
}

/** Everything drawn of an object as one list of points, for fitting the view. */
export function extent(drawn: Drawn): LonLat[] {
  const here = drawn.ring ?? drawn.path ?? drawn.square ?? (drawn.point ? [drawn.point] : []);
  return [...here, ...(drawn.more ?? []).flatMap(extent)];
}

const CORNERS = 48;
const METRES_A_DEGREE = 111_195;

/** A circle on the ground as a closed ring; true enough for a hundred kilometres. */
export function roundAbout([lon, lat]: LonLat, radius: number): LonLat[] {
  const up = radius / METRES_A_DEGREE;
  const aside = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: CORNERS + 1 }, (_, i): LonLat => {
    const turn = ((i % CORNERS) / CORNERS) * 2 * Math.PI;
    return [lon + aside * Math.cos(turn), lat + up * Math.sin(turn)];
  });
}
