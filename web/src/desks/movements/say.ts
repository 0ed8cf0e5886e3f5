// Ground, times and terms of records in the reader's words, for every place where fields are listed.

import { words } from '../../i18n/words.svelte';
import { pathLength } from '../../format/grid';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { nameOf } from '../watch/kinds/kind';
import { whenOf } from './words';
import { firstTime, pointsOf, type Volume } from './volumes';

/** Area of 4 corners · 3 to 5 October, 300 to 900 m · again every 24 h, 3 times in all */
export function volumeText(volume: Volume): string {
  const t = words.m.moves;
  const v = words.m.values;
  const points = pointsOf(volume);
  const [from, to] = firstTime(volume);
  const shape = words.list(
    volume.ring
      ? [t.shapes.ring, v.corners(words.n(points.length))]
      : [volume.route ? t.shapes.route : t.shapes.path, v.course(words.n(points.length), words.distance(pathLength(points))), `${t.width} ${words.distance(volume.width_m ?? 0)}`],
  );
  const band = volume.band ? `${t.heights}: ${v.between(words.n(volume.band.low_m), words.n(volume.band.high_m))}` : '';
  const again = volume.repeat ? words.list([`${t.repeats} ${words.age(volume.repeat.every_minutes * 60_000)}`, `${words.n(volume.repeat.times)} ${t.timesInAll}`]) : '';
  return words.facts(shape, whenOf(from, to), band, again);
}

/** Minutes that are whole hours or days, as that; nothing where words say it no better than the number. */
export function exactAge(minutes: number | null): string {
  return minutes !== null && minutes >= 120 && minutes % (minutes >= 48 * 60 ? 1440 : 60) === 0 ? `= ${words.age(minutes * 60_000)}` : '';
}

export const TERMS = ['lead', 'answer', 'ladder', 'silence', 'buffers'];

interface Row {
  minutes?: number;
  after_minutes?: number;
  activity?: string;
  area?: string;
  ask?: string;
  level?: string;
  means?: string;
  distance_m?: number;
  height_m?: number;
}

function areaName(ref: string): string {
  const area = live.objects.get(ref);
  return area ? nameOf(known(area), words) || words.m.values.kind.area : ref;
}

/** One line for each rule of a part of the terms. */
export function termsLines(name: string, value: unknown): string[] {
  const t = words.m.moves;
  const rows = (Array.isArray(value) ? value : [value]).filter((one): one is Row => typeof one === 'object' && one !== null);
  const numbered = (line: string, i: number): string => (rows.length > 1 && name !== 'ladder' ? `${words.n(i + 1)}. ${line}` : line);
  return rows.map((row) => {
    if (name === 'lead') {
      const what = row.activity === 'handover' ? t.handoverLead : row.activity ? words.of(t.activity, row.activity) : t.anyPlan;
      return t.minutesOf(row.area ? `${what}, ${areaName(row.area)}` : what, words.n(row.minutes ?? 0));
    }
    if (name === 'answer') return t.minutesOf(row.ask ? words.of(t.ask, row.ask) : t.anyAnswer, words.n(row.minutes ?? 0));
    if (name === 'ladder') return `${words.of(t.level, row.level)} ${t.afterMinutes(words.n(row.after_minutes ?? 0))}`;
    if (name === 'silence') return t.silenceOf(words.of(t.ask, row.ask), words.n(row.after_minutes ?? 0), words.of(t.means, row.means));
    return t.buffers(words.distance(row.distance_m ?? 0), words.n(row.minutes ?? 0), words.distance(row.height_m ?? 0));
  }).map(numbered);
}
