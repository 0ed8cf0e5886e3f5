// What files, bodies, meetings and minutes say, line by line, where a record is shown as it was told.

import type { AgendaItem, Attendance, Component, MinuteItem } from '../../../api/talk';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';
import { titleOf } from '../../watch/kinds';
import { partyName } from './words';

const REFS = ['waits_for', 'files'];
const REF = ['cause', 'parent', 'body', 'centre'];

const named = (ref: unknown): string => {
  const object = live.objects.get(String(ref));
  return object ? titleOf(object, words) : words.m.talk.notHeld;
};

/** The lines of a field of the talk; null where it is none of it. */
export function talkLines(name: string, value: unknown): string[] | null {
  const t = words.m.talk;
  if (REF.includes(name) && typeof value === 'string') return [named(value)];
  if (!Array.isArray(value)) return null;
  if (REFS.includes(name)) return value.map(named);
  switch (name) {
    case 'invited':
      return [words.list(value.map((party) => partyName(String(party))))];
    case 'components':
      return (value as Component[]).map((one) => words.facts(partyName(one.party), `${t.seats} ${words.n(one.seats)}`, `${t.quorumOf} ${words.n(one.quorum)}`, one.emergency !== undefined && `${t.emergencyOf} ${words.n(one.emergency)}`));
    case 'agenda':
      return (value as AgendaItem[]).map((item, i) => `${words.n(i + 1)}. ${words.name(item.names)}`);
    case 'attendance':
      return (value as Attendance[]).map((one) => `${partyName(one.party)}: ${words.of(t.role, one.role)} ${words.n(one.count)}`);
    case 'items':
      return (value as MinuteItem[]).map((item, i) => `${words.n(i + 1)}. ${words.name(item.text)}`);
    default:
      return null;
  }
}
