// A position as people type it: MGRS, decimal degrees, degrees with minutes and seconds, in any of the three sets of
// digits, the sides of the sky and the units as letters, signs or words of Arabic and Sorani. As the node reads it.

import type { FoundPlace } from '../api/types';
import { latinDigits } from './digits';
import { fromMgrs } from './grid';

const SPOKEN: readonly (readonly [string, string])[] = [
  ['N', 'شمال(?:اً|ًا|ا)?|با[کك]وور'],
  ['S', 'جنوب(?:اً|ًا|ا)?|باشوور'],
  ['E', 'شرق(?:اً|ًا|ا)?|[ڕر]ۆژهە[ڵل]ات'],
  ['W', 'غرب(?:اً|ًا|ا)?|[ڕر]ۆژئاوا'],
  ['°', 'درجة|درجات|پلە'],
  ["'", 'دق[يی]قة|دقائق|خولە[کك]'],
  ['"', 'ثان[يی]ة|ثوان[يی]?|چر[کك]ە'],
];
const WORDS = SPOKEN.map(([sign, words]) => [sign, new RegExp(`(?<![\\p{L}\\p{M}])(?:${words})(?![\\p{L}\\p{M}])`, 'gu')] as const);
const MARKS: Readonly<Record<string, string>> = { '،': ',', '؛': ';', '٫': '.', '′': "'", '’': "'", 'ʹ': "'", '″': '"', '”': '"', 'º': '°', '−': '-' };
const METRES_PER_DEGREE = 111_320;

const size = (n: number): string =>
  `(?<deg${n}>[+-]?\\d{1,3}(?:\\.\\d{1,12})?)\\s*°?(?:\\s*(?<min${n}>\\d{1,2}(?:\\.\\d{1,9})?)\\s*'(?:\\s*(?<sec${n}>\\d{1,2}(?:\\.\\d{1,6})?)\\s*")?)?`;
const front = (n: number): string => `(?<front${n}>[NSEW])\\s*${size(n)}`;
const back = (n: number): string => `${size(n)}\\s*(?<back${n}>[NSEW])?`;
/** The letters of both angles before them, or behind: between two angles a letter could belong to either. */
const PAIRS = [front, back].map((one) => new RegExp(`^${one(1)}\\s*(?:[,;/]\\s*|\\s+|(?<=[NSEW])|(?=[NSEW]))${one(2)}$`, 'i'));

interface Angle {
  value: number;
  accuracy: number;
  side: string;
}

function plain(text: string): string {
  let said = latinDigits(text).replace(/[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u061c]/g, '');
  said = said.replace(/[،؛٫′’ʹ″”º−]/g, (mark) => MARKS[mark] ?? mark);
  for (const [sign, words] of WORDS) said = said.replace(words, sign);
  return said.replace(/(?<=[°'])\s*و\s*(?=\d)/g, ' ').replace(/\s+/g, ' ').trim();
}

/** `35,77; 43,58` with points: where something else parts the two numbers, a comma is a decimal one. */
function decimalPoints(text: string): string {
  return /[;/]/.test(text) || /^[+-]?\d+,\d+\s+[+-]?\d+,\d+$/.test(text) ? text.replace(/(?<=\d),(?=\d)/g, '.') : text;
}

function angleOf(groups: Record<string, string | undefined>, n: number): Angle | null {
  const [degrees = '', minutes, seconds] = [groups[`deg${n}`], groups[`min${n}`], groups[`sec${n}`]];
  const side = (groups[`front${n}`] ?? groups[`back${n}`] ?? '').toUpperCase();
  if (Number(minutes ?? 0) >= 60 || Number(seconds ?? 0) >= 60) return null;
  const turned = Math.abs(Number(degrees)) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
  const backwards = degrees.startsWith('-') !== (side === 'S' || side === 'W');
  const [last, unit] = seconds !== undefined ? [seconds, 3600] : minutes !== undefined ? [minutes, 60] : [degrees, 1];
  const step = 1 / unit / 10 ** (last.split('.')[1]?.length ?? 0);
  return { value: backwards ? -turned : turned, accuracy: Math.max(1, Math.ceil((step / 2) * METRES_PER_DEGREE * 1.4143)), side };
}

function point(lat: number, lon: number, accuracy: number, precision: string): FoundPlace | null {
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null;
  return { id: '', names: {}, lat: Math.round(lat * 1e7), lon: Math.round(lon * 1e7), accuracy, precision, kind: 'point', score: 100 };
}

/** What was typed as a position, or null where it is none. */
export function readPosition(text: string): FoundPlace | null {
  const said = plain(text);
  const square = fromMgrs(said);
  if (square) return point(square.lat, square.lon, Math.max(1, Math.ceil((square.size * Math.SQRT2) / 2)), 'mgrs');
  const pointed = decimalPoints(said);
  const groups = PAIRS.map((shape) => shape.exec(pointed)?.groups).find((found) => found !== undefined);
  if (!groups) return null;
  let first = angleOf(groups, 1);
  let second = angleOf(groups, 2);
  if (!first || !second) return null;
  if (['E', 'W'].includes(first.side) || ['N', 'S'].includes(second.side)) [first, second] = [second, first];
  if (['E', 'W'].includes(first.side) || ['N', 'S'].includes(second.side)) return null;
  return point(first.value, second.value, Math.max(first.accuracy, second.accuracy), 'degrees');
}
