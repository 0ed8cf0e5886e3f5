// What can be changed of one post in the what-if: one that stands, or one that is only thought of. Pure but for `edit`.

import type { Edits } from '../../api/gaps';
import { ALWAYS } from '../../format/week';
import type { LonLat } from '../../map/drawing';
import { moved, reAdded, toggleRemoved, withHours, withRanges } from './edits';
import type { EditablePost } from './posts';

export interface Target {
  at: LonLat;
  week: string;
  /** Metres by day and by night. */
  far: [number, number];
  out: boolean;
  put: (at: LonLat) => void;
  keep: (week: string) => void;
  see: (far: [number, number]) => void;
  /** There or not: null where it is only thought of. */
  toggle: (() => void) | null;
}

export function standing(post: EditablePost, edits: Edits, edit: (edits: Edits) => void): Target {
  return {
    at: edits.move[post.ref] ?? post.at,
    week: edits.hours[post.ref] ?? post.week,
    far: edits.ranges[post.ref] ?? post.far,
    out: edits.remove.includes(post.ref),
    put: (at) => edit(moved(edits, post.ref, at, post.at)),
    keep: (week) => edit(withHours(edits, post.ref, week, post.week)),
    see: (far) => edit(withRanges(edits, post.ref, far, post.far)),
    toggle: () => edit(toggleRemoved(edits, post.ref)),
  };
}

export function thoughtOf(i: number, edits: Edits, edit: (edits: Edits) => void): Target | null {
  const one = edits.add[i];
  if (!one) return null;
  return {
    at: [one.lon, one.lat],
    week: one.hours ?? ALWAYS,
    far: [one.range_day_m, one.range_night_m],
    out: false,
    put: ([lon, lat]) => edit(reAdded(edits, i, { lon, lat })),
    keep: (hours) => edit(reAdded(edits, i, { hours })),
    see: ([day, night]) => edit(reAdded(edits, i, { range_day_m: day, range_night_m: night })),
    toggle: null,
  };
}
