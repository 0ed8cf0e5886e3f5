// The picture as a map from reference to object. Pure: an object comes again with a higher `seq` when it changes,
// and what is older than what is held is dropped, so pages and stream may overlap in any order.

import type { Fields, PictureObject } from '../api/types';

export type Objects = ReadonlyMap<string, PictureObject>;

export const NOTHING: Objects = new Map();

export interface Applied {
  objects: Objects;
  /** The highest `seq` seen: where a stream resumes. */
  seq: number;
  /** References that are new or have changed. */
  changed: string[];
}

export function apply(before: Objects, seq: number, incoming: readonly PictureObject[]): Applied {
  const changed: string[] = [];
  let objects: Map<string, PictureObject> | null = null;
  let highest = seq;
  for (const object of incoming) {
    highest = Math.max(highest, object.seq);
    const held = (objects ?? before).get(object.ref);
    if (held && held.seq >= object.seq) continue;
    objects ??= new Map(before);
    objects.set(object.ref, object);
    changed.push(object.ref);
  }
  return { objects: objects ?? before, seq: highest, changed };
}

/** Everything this node knows of it: what the circle was told and, of one's own, what it was not. */
export function known(object: PictureObject): Fields {
  return object.own ? { ...object.fields, ...object.own } : object.fields;
}

/** Newest first by the time it happened; the later said first where that is equal. */
export function byTime(a: PictureObject, b: PictureObject): number {
  return b.at - a.at || b.seq - a.seq;
}
