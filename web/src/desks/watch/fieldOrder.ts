import type { Fields } from '../../api/types';

const ORDER = [
  'category', 'title', 'names', 'area', 'post_type', 'status', 'state', 'purpose', 'to', 'urgent',
  'place', 'place_coarse', 'path', 'ring', 'height_m', 'range_day_m', 'range_night_m', 'width_m', 'mobility', 'hours', 'ready', 'ways', 'parties', 'daylight',
  'moved', 'added', 'removed', 'retimed', 'reranged', 'closed', 'frame', 'layers', 'based_on', 'when', 'when_coarse', 'since',
  'text', 'ask', 'note', 'reason', 'killed', 'wounded', 'over',
  'how_known', 'source_grade', 'info_grade', 'grade', 'means', 'said_by', 'said_to', 'actors',
  'sources', 'origin', 'author',
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
