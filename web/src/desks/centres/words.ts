// Centres, points, duties and hand-overs in the reader's words.

import type { Centre, PointState } from '../../api/centres';
import type { Names } from '../../api/types';
import { words } from '../../i18n/words.svelte';
import { clock } from '../../state/clock.svelte';
import { live } from '../../state/live.svelte';
import { titleOf } from '../watch/kinds';

export const partyName = (id: string): string => words.name(live.party(id)?.names, id);

export const parties = (ids: readonly string[]): string => words.list(ids.map(partyName));

export const centreName = (centre: Centre): string => words.name(centre.names) || words.name(centre.place?.names) || words.m.values.kind.centre;

/** A day, or the month where no more is known. */
export const dateText = (since: number, precision: string | null): string => (precision === 'month' ? words.month(since) : words.date(since));

export const near = (ms: number): string => words.nearTime(ms, clock.now);

/** What stands together, in a word: at work, one state of both, or that they differ. */
export function verdict(centre: Centre): { text: string; tone: 'good' | 'warn' | 'bad' | '' } {
  const t = words.m.centres;
  if (centre.at_work) return { text: t.atWork, tone: 'good' };
  if (centre.silent.length > 0) return { text: t.oneSided, tone: 'warn' };
  if (centre.state === null) return { text: t.differs, tone: 'bad' };
  return { text: t.bothSay(words.of(words.m.values.state, centre.state)), tone: centre.state === 'suspended' ? 'warn' : '' };
}

export const SIGN: Record<PointState, string> = { open: '○', ready: '✓', not_needed: '–' };

export function recordName(ref: string): string {
  const object = live.objects.get(ref);
  return object ? titleOf(object, words) : ref;
}

/** One line for each part of a value that only records of centres have; null for every other field. */
export function centreLines(kind: string, name: string, value: unknown): string[] | null {
  const t = words.m.centres;
  const rows = (Array.isArray(value) ? value : []) as Record<string, unknown>[];
  if (kind === 'readiness' && name === 'points') {
    return rows.map((one) => words.facts(`${SIGN[one['state'] as PointState] ?? ''} ${words.name(one['names'] as Names)}`, words.of(t.pointState, one['state']), String(one['remark'] ?? '')));
  }
  if (kind === 'roster' && name === 'duties') return dutyLines(rows as unknown as Duty[]);
  if (kind === 'watch_handover') {
    if (name === 'open') return (value as string[]).map(recordName);
    if (name === 'taken_at') return [words.dateTime(Number(value))];
    if (name === 'watch') {
      const { from, to } = value as { from: number; to: number | null };
      return [to === null ? words.dateTime(from) : words.m.values.between(words.dateTime(from), words.dateTime(to))];
    }
  }
  return null;
}

interface Duty {
  from: number;
  to: number;
  strength: number;
  role?: string;
}

/** A week of duties is read by its days: the same line for days on which the same is planned would hide a date. */
function dutyLines(duties: readonly Duty[]): string[] {
  const t = words.m.centres;
  const shown = duties.slice(0, 12).map((one) => words.facts(words.m.values.between(near(one.from), near(one.to)), words.n(one.strength), words.of(t.roles, one.role ?? 'duty_officer')));
  const days = new Set(duties.map((one) => words.date(one.from))).size;
  return duties.length > shown.length ? [...shown, `… ${t.dutyCount(words.n(duties.length), words.n(days))}`] : shown;
}
