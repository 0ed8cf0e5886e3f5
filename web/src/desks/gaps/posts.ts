// The posts that a what-if can change: those that count in the answer, in or near the area. What this side told nobody
// is not in the answer, so it is not here either. Pure.

import type { PictureObject } from '../../api/types';
import { ALWAYS, BAGHDAD, fromSchedule, isRecordSchedule } from '../../format/week';
import { type LonLat, placeOf } from '../../map/drawing';

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

/** Degrees around the area within which a post may still see into it: about the longest range. */
const NEAR = 0.3;

export function postsNear(objects: readonly PictureObject[], ring: readonly LonLat[], parties: readonly string[]): EditablePost[] {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons) - NEAR, Math.max(...lons) + NEAR];
  const [south, north] = [Math.min(...lats) - NEAR, Math.max(...lats) + NEAR];
  return objects
    .flatMap((object): EditablePost[] => {
      const { fields } = object;
      const { precision, point } = placeOf(fields);
      if (precision !== 'exact' || !point || fields['status'] !== 'manned' || typeof fields['range_day_m'] !== 'number') return [];
      if (!parties.includes(object.party)) return [];
      const [lon, lat] = point;
      if (lon < west || lon > east || lat < south || lat > north) return [];
      const hours = fields['hours'];
      const far: [number, number] = [fields['range_day_m'], typeof fields['range_night_m'] === 'number' ? fields['range_night_m'] : 0];
      return [{ ref: object.ref, party: object.party, at: point, week: isRecordSchedule(hours) ? fromSchedule(hours, BAGHDAD, true) : ALWAYS, far, object }];
    })
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}
