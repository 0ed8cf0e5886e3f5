// Files, meetings and understandings in the reader's words.

import type { Confirmed, FileView, MeetingState, MeetingView, UnderstandingView } from '../../../api/talk';
import type { Lang, Names } from '../../../api/types';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';
import { talk } from '../../../state/talk.svelte';
import { titleOf } from '../../watch/kinds';

export type Tone = 'good' | 'warn' | 'bad' | '';

export const partyName = (id: string): string => words.name(live.party(id)?.names, id);
export const partyList = (ids: readonly string[]): string => words.list(ids.map(partyName));

export function bodyName(ref: string | null): string {
  if (!ref) return '';
  const body = talk.bodyOf(ref);
  return words.name(body?.names) || recordName(ref);
}

/** What a record is called, however it is held. */
export function recordName(ref: string): string {
  const file = talk.fileOf(ref);
  if (file) return fileName(file);
  const object = live.objects.get(ref);
  return object ? titleOf(object, words) : words.m.talk.notHeld;
}

export const fileName = (file: FileView): string => words.name(file.names) || words.m.values.kind.negotiation_file;

export function meetingName(meeting: MeetingView): string {
  const name = words.name(meeting.names);
  if (name) return name;
  const body = bodyName(meeting.body);
  const number = meeting.number === null ? '' : words.m.talk.ofBody(words.d(meeting.number));
  return words.facts(body || words.m.values.kind.meeting, number);
}

export function understandingName(one: UnderstandingView): string {
  const number = one.number === null ? words.m.values.kind.understanding : words.m.talk.understandingN(words.d(one.number));
  return words.facts(number, words.name(one.names));
}

export function meetingTime(meeting: MeetingView): string {
  if (!meeting.when) return words.m.talk.noTime;
  const { from, to } = meeting.when;
  const day = `${words.weekday(from)} ${words.date(from)}`;
  if (to === null) return words.facts(day, words.time(from));
  const end = words.date(from) === words.date(to) ? words.time(to) : words.dateTime(to);
  return words.facts(day, words.m.values.between(words.time(from), end));
}

export const toneOfMeeting = (state: MeetingState): Tone => (state === 'minuted' ? 'good' : state === 'cancelled' ? 'bad' : state === 'held' ? 'warn' : '');
export const toneOf = (state: Confirmed): Tone => (state === 'confirmed' ? 'good' : state === 'declined' ? 'bad' : state === 'waiting' ? 'warn' : '');

/** The languages in which a text is written, the reader's first; the one that is shown first where it is not. */
export function languagesOf(texts: Names | null | undefined): Lang[] {
  const order: Lang[] = words.lang === 'en' ? ['en', 'ar', 'ckb'] : [words.lang, words.lang === 'ar' ? 'ckb' : 'ar', 'en'];
  return order.filter((lang) => texts?.[lang]);
}
