// Ground and times of records in the reader's words, for every place where fields are listed.

import { words } from '../../i18n/words.svelte';
import { pathLength } from '../../format/grid';
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
