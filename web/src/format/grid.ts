// WGS 84 degrees ↔ UTM ↔ MGRS, for showing references and drawing grid squares. Krüger series to n⁴ (about a
// millimetre); letters as in NGA.STND.0037. No zones of Norway and Svalbard, nothing north of 84° or south of 80°.

import { latinDigits } from './digits';

const A = 6_378_137;
const F = 1 / 298.257223563;
const N = F / (2 - F);
const K0 = 0.9996;
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49561 / 161280) * N ** 4,
];
const BETA = [
  N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3 - (1 / 360) * N ** 4,
  (1 / 48) * N ** 2 + (1 / 15) * N ** 3 - (437 / 1440) * N ** 4,
  (17 / 480) * N ** 3 - (37 / 840) * N ** 4,
  (4397 / 161280) * N ** 4,
];
const DELTA = [
  2 * N - (2 / 3) * N ** 2 - 2 * N ** 3 + (116 / 45) * N ** 4,
  (7 / 3) * N ** 2 - (8 / 5) * N ** 3 - (227 / 45) * N ** 4,
  (56 / 15) * N ** 3 - (136 / 35) * N ** 4,
  (4279 / 630) * N ** 4,
];
const BANDS = 'CDEFGHJKLMNPQRSTUVWX';
const COLUMNS = ['ABCDEFGH', 'JKLMNPQR', 'STUVWXYZ'];
const ROWS = 'ABCDEFGHJKLMNPQRSTUV';

export interface Utm {
  zone: number;
  north: boolean;
  easting: number;
  northing: number;
}

const rad = (deg: number): number => (deg * Math.PI) / 180;
const deg = (r: number): number => (r * 180) / Math.PI;

export function zoneOf(lon: number): number {
  return Math.min(60, Math.floor((lon + 180) / 6) + 1);
}

export function toUtm(lat: number, lon: number, zone = zoneOf(lon)): Utm {
  const dl = rad(lon - (zone * 6 - 183));
  const s = Math.sin(rad(lat));
  const e = (2 * Math.sqrt(N)) / (1 + N);
  const t = Math.sinh(Math.atanh(s) - e * Math.atanh(e * s));
  const xi = Math.atan2(t, Math.cos(dl));
  const eta = Math.atanh(Math.sin(dl) / Math.hypot(1, t));
  let x = eta;
  let y = xi;
  ALPHA.forEach((a, i) => {
    const j = 2 * (i + 1);
    x += a * Math.cos(j * xi) * Math.sinh(j * eta);
    y += a * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  const northing = K0 * RADIUS * y;
  return { zone, north: lat >= 0, easting: 500_000 + K0 * RADIUS * x, northing: lat >= 0 ? northing : northing + 1e7 };
}

export function fromUtm({ zone, north, easting, northing }: Utm): { lat: number; lon: number } {
  const xi0 = (north ? northing : northing - 1e7) / (K0 * RADIUS);
  const eta0 = (easting - 500_000) / (K0 * RADIUS);
  let xi = xi0;
  let eta = eta0;
  BETA.forEach((b, i) => {
    const j = 2 * (i + 1);
    xi -= b * Math.sin(j * xi0) * Math.cosh(j * eta0);
    eta -= b * Math.cos(j * xi0) * Math.sinh(j * eta0);
  });
  const chi = Math.asin(Math.sin(xi) / Math.cosh(eta));
  let phi = chi;
  DELTA.forEach((d, i) => (phi += d * Math.sin(2 * (i + 1) * chi)));
  return { lat: deg(phi), lon: zone * 6 - 183 + deg(Math.atan2(Math.sinh(eta), Math.cos(xi))) };
}

/** `38S LE 45123 67890` with so many digits each for easting and northing (0 to 5). */
export function toMgrs(lat: number, lon: number, digits = 5): string {
  if (lat < -80 || lat > 84) return '';
  const { zone, easting, northing } = toUtm(lat, lon);
  const band = BANDS[Math.min(19, Math.floor((lat + 80) / 8))] ?? 'X';
  const column = COLUMNS[(zone - 1) % 3]?.[Math.floor(easting / 100_000) - 1] ?? '';
  const shift = zone % 2 === 0 ? 5 : 0;
  const row = ROWS[(Math.floor(northing / 100_000) + shift) % 20] ?? '';
  const cut = (metres: number): string =>
    String(Math.floor(metres % 100_000)).padStart(5, '0').slice(0, digits);
  return `${zone}${band} ${column}${row}${digits ? ` ${cut(easting)} ${cut(northing)}` : ''}`;
}

/** The middle of the square that an MGRS reference names, with the square's side in metres; null where it names none. */
export function fromMgrs(reference: string): { lat: number; lon: number; size: number } | null {
  const parts = /^(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d*)$/.exec(reference.toUpperCase().replace(/\s+/g, ''));
  if (!parts) return null;
  const [, zoneText = '', bandText = '', columnText = '', rowText = '', numbers = ''] = parts;
  const zone = Number(zoneText);
  const half = numbers.length / 2;
  if (zone < 1 || zone > 60 || !Number.isInteger(half) || half > 5) return null;
  const column = COLUMNS[(zone - 1) % 3]?.indexOf(columnText) ?? -1;
  if (column < 0) return null;
  const size = 10 ** (5 - half);
  const easting = (column + 1) * 100_000 + Number(numbers.slice(0, half) || 0) * size + size / 2;
  const band = BANDS.indexOf(bandText);
  const row = (ROWS.indexOf(rowText) - (zone % 2 === 0 ? 5 : 0) + 20) % 20;
  const north = band >= 10;
  const within = row * 100_000 + Number(numbers.slice(half) || 0) * size + size / 2;
  // letters of rows come again every 2000 km: the one that lies in the band, or at its edge, is meant
  for (let cycle = 0; cycle < 5; cycle++) {
    const at = fromUtm({ zone, north, easting, northing: within + cycle * 2_000_000 });
    const south = band * 8 - 80;
    if (at.lat >= south - 1 && at.lat <= south + (band === 19 ? 12 : 8) + 1) return { ...at, size };
  }
  return null;
}

/** A pasted list, one reference a line or with commas or semicolons between: the points [lon, lat], and what is none. */
export function readMgrsList(text: string): { points: [number, number][]; bad: string[] } {
  const points: [number, number][] = [];
  const bad: string[] = [];
  for (const part of text.split(/[\n,;،؛]+/).map((one) => one.trim()).filter(Boolean)) {
    const at = fromMgrs(latinDigits(part));
    if (at) points.push([at.lon, at.lat]);
    else bad.push(part);
  }
  return { points, bad };
}

/** As `38SLE4567` is written for people: `38S LE 45 67`. */
export function spacedMgrs(reference: string): string {
  const parts = /^(\d{1,2}[A-Z])([A-Z]{2})(\d*)$/.exec(reference.replace(/\s+/g, ''));
  if (!parts) return reference;
  const [, square = '', letters = '', numbers = ''] = parts;
  const half = numbers.length / 2;
  const split = numbers ? ` ${numbers.slice(0, half)} ${numbers.slice(half)}` : '';
  return `${square} ${letters}${split}`;
}

/** The grid square of that size (metres) around a point: its corners, [lon, lat], closed. */
export function gridSquare(lat: number, lon: number, size: number): [number, number][] {
  const { zone, north, easting, northing } = toUtm(lat, lon);
  const west = Math.floor(easting / size) * size;
  const south = Math.floor(northing / size) * size;
  const corners: [number, number][] = [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ];
  return corners.map(([x, y]) => {
    const at = fromUtm({ zone, north, easting: x, northing: y });
    return [at.lon, at.lat];
  });
}

/** A circle of so many metres around a point, [lon, lat], closed. */
export function circleAround(lat: number, lon: number, metres: number, steps = 64): [number, number][] {
  const dLat = deg(metres / 6_371_000);
  const dLon = dLat / Math.cos(rad(lat));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const a = (2 * Math.PI * (i % steps)) / steps;
    return [lon + dLon * Math.cos(a), lat + dLat * Math.sin(a)];
  });
}

/** Degrees, minutes and seconds to a tenth (3 m): `35°46'34.0"N 43°34'43.0"E`. */
export function dms(lat: number, lon: number): string {
  const angle = (value: number, letters: string): string => {
    const tenths = Math.round(Math.abs(value) * 36_000);
    const two = (n: number): string => String(n).padStart(2, '0');
    const minutes = Math.floor(tenths / 600);
    return `${Math.floor(minutes / 60)}°${two(minutes % 60)}'${two(Math.floor((tenths % 600) / 10))}.${tenths % 10}"${letters[value < 0 ? 1 : 0]}`;
  };
  return `${angle(lat, 'NS')} ${angle(lon, 'EW')}`;
}

/** Metres along a path of [lon, lat] degrees. */
export function pathLength(path: readonly (readonly [number, number])[]): number {
  let sum = 0;
  for (let i = 1; i < path.length; i++) {
    const [aLon, aLat] = path[i - 1] ?? [0, 0];
    const [bLon, bLat] = path[i] ?? [0, 0];
    const h =
      Math.sin(rad(bLat - aLat) / 2) ** 2 +
      Math.cos(rad(aLat)) * Math.cos(rad(bLat)) * Math.sin(rad(bLon - aLon) / 2) ** 2;
    sum += 2 * 6_371_000 * Math.asin(Math.sqrt(h));
  }
  return sum;
}
