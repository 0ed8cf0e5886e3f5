// What-if edits as the fields of a proposal: whole numbers, weeks as records hold them. Pure.

import type { AddedPost, Edits } from '../../api/gaps';
import type { Fields } from '../../api/types';
import { ALWAYS, fromSchedule, isRecordSchedule, toSchedule } from '../../format/week';
import { NO_EDITS } from './edits';

/** What a post that is only thought of is taken for, until somebody says otherwise: as the node takes it in a what-if. */
export const THOUGHT_OF = { height_m: 6, range_day_m: 5000, range_night_m: 2000 };

const e7 = (degrees: number): number => Math.round(degrees * 1e7);
const isDigest = (text: string | null): text is string => /^[0-9a-f]{64}$/.test(text ?? '');

export function proposalFields(edits: Edits, area: string, before: string | null, after: string | null, weeks: Record<string, string>): Fields {
  const retimed = Object.entries(edits.hours).filter(([ref, week]) => week !== weeks[ref]);
  const fields: Fields = {
    area,
    moved: Object.entries(edits.move).map(([ref, [lon, lat]]) => ({ ref, lat: e7(lat), lon: e7(lon) })),
    added: edits.add.map(({ party, lon, lat, hours, ...sees }) => ({ party, lat: e7(lat), lon: e7(lon), ...THOUGHT_OF, ...sees, ...(hours && hours !== ALWAYS ? { hours: toSchedule(hours) } : {}) })),
    patrols: edits.patrols.map(({ party, path, width_m, hours }) => ({ party, path: path.map(([lon, lat]) => [e7(lon), e7(lat)]), width_m, hours: toSchedule(hours) })),
    removed: [...edits.remove],
    retimed: retimed.map(([ref, week]) => ({ ref, hours: toSchedule(week) })),
    closed: [...edits.close],
  };
  if (isDigest(before)) fields['answer_before'] = before;
  if (isDigest(after)) fields['answer_after'] = after;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

const degrees = (value: unknown): number => Number(value) / 1e7;

function addedOf(one: Record<string, unknown>): AddedPost {
  const post: AddedPost = { party: String(one['party']), lon: degrees(one['lon']), lat: degrees(one['lat']) };
  for (const name of ['height_m', 'range_day_m', 'range_night_m'] as const) if (one[name] !== undefined) post[name] = Number(one[name]);
  if (isRecordSchedule(one['hours'])) post.hours = fromSchedule(one['hours']);
  return post;
}

/** The edits of a proposal that somebody put, to look at on one's own map. */
export function editsOf(fields: Fields): Edits {
  const list = (name: string): Record<string, unknown>[] => (Array.isArray(fields[name]) ? (fields[name] as Record<string, unknown>[]) : []);
  const texts = (name: string): string[] => (Array.isArray(fields[name]) ? (fields[name] as unknown[]).map(String) : []);
  return {
    ...NO_EDITS,
    move: Object.fromEntries(list('moved').map((one): [string, [number, number]] => [String(one['ref']), [degrees(one['lon']), degrees(one['lat'])]])),
    add: list('added').map(addedOf),
    patrols: list('patrols').flatMap((one) => (isRecordSchedule(one['hours']) && Array.isArray(one['path']) ? [{ party: String(one['party']), path: (one['path'] as unknown[][]).map((at): [number, number] => [degrees(at[0]), degrees(at[1])]), width_m: Number(one['width_m']), hours: fromSchedule(one['hours']) }] : [])),
    remove: texts('removed'),
    hours: Object.fromEntries(list('retimed').flatMap((one): [string, string][] => (isRecordSchedule(one['hours']) ? [[String(one['ref']), fromSchedule(one['hours'])]] : []))),
    close: texts('closed'),
  };
}
