// The posts that a what-if can change: those whose place is exactly known here, in or near the area. Pure.

import type { PictureObject } from '../../api/types';
import { ALWAYS, fromSchedule, isRecordSchedule } from '../../format/week';
import { drawPlace, type LonLat } from '../../map/drawing';
import { known } from '../../state/objects';

export interface EditablePost {
  ref: string;
  party: string;
  at: LonLat;
  week: string;
  object: PictureObject;
}

/** Degrees around the area within which a post may still see into it: about the longest range. */
const NEAR = 0.3;

export function postsNear(objects: readonly PictureObject[], ring: readonly LonLat[]): EditablePost[] {
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons) - NEAR, Math.max(...lons) + NEAR];
  const [south, north] = [Math.min(...lats) - NEAR, Math.max(...lats) + NEAR];
  return objects
    .flatMap((object): EditablePost[] => {
      const { precision, point } = drawPlace(object);
      const fields = known(object);
      if (precision !== 'exact' || !point || fields['status'] === 'vacated') return [];
      const [lon, lat] = point;
      if (lon < west || lon > east || lat < south || lat > north) return [];
      const hours = fields['hours'];
      return [{ ref: object.ref, party: object.party, at: point, week: isRecordSchedule(hours) ? fromSchedule(hours) : ALWAYS, object }];
    })
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
}
