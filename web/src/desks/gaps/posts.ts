// The posts and patrols that a what-if can change: those that count in the answer, in or near the area. What this side told nobody
// is not in the answer, so they are not here either. Pure.

import type { PictureObject } from '../../api/types';
import { ALWAYS, BAGHDAD, fromSchedule, isRecordSchedule } from '../../format/week';
import { type LonLat, placeOf, points } from '../../map/drawing';

export interface EditablePost {
  ref: string;
  party: string;
  at: LonLat;
  /** The hours that it is manned for the whole of: only those count. */
  week: string;
  /** How far it sees by day and by night (m). */
  far: [number, number];
  object: PictureObject;
}

export interface EditablePatrol {
  ref: string;
  party: string;
  /** The hours that it passes in any part of: those count. */
  week: string;
  object: PictureObject;
}

/** Degrees around the area within which a post may still see into it: about the longest range. */
const NEAR = 0.3;

export function postsNear(objects: readonly PictureObject[], ring: readonly LonLat[], parties: readonly string[]): EditablePost[] {
  const near = nearTo(ring, NEAR);
  return objects
    .flatMap((object): EditablePost[] => {
      const { fields } = object;
      const { precision, point } = placeOf(fields);
      if (precision !== 'exact' || !point || fields['status'] !== 'manned' || typeof fields['range_day_m'] !== 'number') return [];
      if (!parties.includes(object.party)) return [];
      if (!near(point)) return [];
      const hours = fields['hours'];
      const far: [number, number] = [fields['range_day_m'], typeof fields['range_night_m'] === 'number' ? fields['range_night_m'] : 0];
      return [{ ref: object.ref, party: object.party, at: point, week: isRecordSchedule(hours) ? fromSchedule(hours, BAGHDAD, true) : ALWAYS, far, object }];
    })
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

/** Degrees around the area within which the corridor of a patrol may still lie in it. */
const BESIDE = 0.05;

export function patrolsNear(objects: readonly PictureObject[], ring: readonly LonLat[], parties: readonly string[]): EditablePatrol[] {
  const near = nearTo(ring, BESIDE);
  return objects
    .flatMap((object): EditablePatrol[] => {
      const { status, width_m: width, hours, path } = object.fields;
      if (status !== 'running' || typeof width !== 'number' || !isRecordSchedule(hours) || !parties.includes(object.party)) return [];
      if (!points(path).some(near)) return [];
      return [{ ref: object.ref, party: object.party, week: fromSchedule(hours, BAGHDAD, false), object }];
    })
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

function nearTo(ring: readonly LonLat[], margin: number): (at: LonLat) => boolean {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons) - margin, Math.max(...lons) + margin];
  const [south, north] = [Math.min(...lats) - margin, Math.max(...lats) + margin];
  return ([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north;
}
