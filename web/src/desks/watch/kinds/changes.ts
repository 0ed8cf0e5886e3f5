// The changes that a proposal names, each in one sentence. Pure: words and names come from outside.

import type { Fields } from '../../../api/types';
import { fromSchedule, isRecordSchedule, scheduleText } from '../../../format/week';
import { toMgrs } from '../../../format/grid';
import type { W } from './kind';

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const mgrs = (at: Record<string, unknown>): string => `\u2068\u200e${toMgrs(Number(at['lat']) / 1e7, Number(at['lon']) / 1e7, 4)}\u2069`;

export function changesOf(fields: Fields, w: W, named: (ref: string) => string, party: (id: string) => string): string[] {
  const t = w.m.gaps;
  const week = (value: unknown): string =>
    isRecordSchedule(value) ? scheduleText(fromSchedule(value), { lang: w.lang, digits: w.digits }, { always: t.always, never: t.never, daily: t.everyDay }) : '';
  return [
    ...list(fields['moved']).map((one) => t.changeMoved(named(String(one['ref'])), mgrs(one))),
    ...list(fields['added']).map((one) => t.changeAdded(party(String(one['party'])), mgrs(one))),
    ...list(fields['patrols']).map((one) => t.changePatrol(party(String(one['party'])), week(one['hours']))),
    ...texts(fields['removed']).map((ref) => t.changeRemoved(named(ref))),
    ...list(fields['retimed']).map((one) => t.changeHours(named(String(one['ref'])), week(one['hours']))),
    ...texts(fields['closed']).map((bridge) => t.changeClosed(bridge)),
  ];
}
