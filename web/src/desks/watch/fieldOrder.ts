import type { Fields } from '../../api/types';

const ORDER = [
  'category', 'title', 'number', 'names', 'verdict', 'activity', 'area', 'post_type', 'post', 'leaves', 'leaves_at', 'successor', 'interim', 'consents', 'scope', 'by', 'level', 'had_heard', 'status', 'state', 'purpose', 'to', 'urgent',
  'place', 'place_coarse', 'volumes', 'conditions', 'asks', 'together', 'version', 'parties', 'lead', 'answer', 'ladder', 'silence', 'buffers', 'path', 'ring', 'height_m', 'range_day_m', 'range_night_m', 'width_m', 'mobility', 'hours', 'ready', 'ways', 'daylight',
  'category', 'title', 'names', 'step', 'finding', 'shows', 'against', 'commitment', 'action', 'number', 'of', 'done', 'verdict', 'activity', 'area', 'post_type', 'post', 'leaves', 'leaves_at', 'successor', 'interim', 'consents', 'scope', 'by', 'level', 'had_heard', 'status', 'state', 'purpose', 'to', 'urgent',
  'place', 'place_coarse', 'volumes', 'conditions', 'asks', 'together', 'version', 'parties', 'lead', 'answer', 'ladder', 'silence', 'buffers', 'roles', 'quorums', 'cutoffs', 'manning', 'complaints', 'reporting', 'path', 'ring', 'height_m', 'range_day_m', 'range_night_m', 'width_m', 'mobility', 'hours', 'ready', 'ways', 'daylight',
  'moved', 'added', 'removed', 'retimed', 'reranged', 'closed', 'patrols', 'frame', 'layers', 'based_on', 'when', 'when_coarse', 'since',
  'body_type', 'body', 'components', 'owner', 'cause', 'waits_for', 'venue', 'emergency', 'invited', 'agenda', 'attendance', 'items', 'files',
  'request_type', 'answers', 'withdrawn', 'text', 'ask', 'note', 'reason', 'killed', 'wounded', 'over',
  'stage', 'known_at', 'on_behalf_of', 'other', 'word', 'went', 'date', 'how_known', 'source', 'source_grade', 'info_grade', 'grade', 'means', 'said_by', 'said_to', 'actors',
  'follow_up', 'follow_up_at', 'review_at', 'done_at', 'knows', 'unknown', 'revision', 'reservation', 'collision', 'uid', 'parent', 'centre',
  'records', 'due', 'reply_due', 'follow_up', 'follow_up_at', 'review_at', 'done_at', 'knows', 'unknown', 'revision', 'collision',
  'sources', 'origin', 'imported', 'author',
];

/** Said by the value beside them, so not listed by themselves. */
const SILENT = new Set(['lang', 'when_precision', 'since_precision']);

/** The names of the fields that are shown, in reading order; what is unknown to this list comes last. */
export function fieldOrder(fields: Fields): string[] {
  const place = (name: string): number => {
    const at = ORDER.indexOf(name);
    return at < 0 ? ORDER.length : at;
  };
  return Object.keys(fields)
    .filter((name) => !SILENT.has(name) && fields[name] !== null && fields[name] !== undefined)
    .sort((a, b) => place(a) - place(b));
}
