// What one can do about a centre: each opens the form that leads to the preview, here, at this desk.

import type { CentreState, HandingOver, LogLine, PointState, ReadyRow } from '../../api/centres';
import type { Fields, PictureObject } from '../../api/types';
import { desk } from '../../state/desk.svelte';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';

export const show = (ref: string | null): void => desk.select(ref, false, 'centres');

/** A form at this desk, whatever the home of its kind is. */
function begin(kind: string, revises: string | null, about: string | null, fields: Fields | null = null): void {
  const changed = revises ? live.objects.get(revises) : undefined;
  const subject = about ? live.objects.get(about) : undefined;
  if ((revises && !changed) || (about && !subject)) return;
  desk.writing = { kind, revises: changed ?? null, about: subject ?? null, fields };
  desk.pane = 'hand';
}

/** The centre that a record is about, or is. */
export function centreOf(object: PictureObject | undefined): string | null {
  let one = object;
  for (let steps = 0; one && one.kind !== 'centre' && steps < 8; steps += 1) one = one.about ? live.objects.get(one.about) : undefined;
  return one?.kind === 'centre' ? one.ref : null;
}

export const stateNew = (): void => begin('centre', null, null);

/** The own statement anew, or a first one about another side's centre. */
export function sayState(centre: string, own: string | null, now: number, state: CentreState | null): void {
  const fields = state ? { state, since: now, since_precision: 'day', reason: null, text: null } : null;
  if (own) begin('centre', own, null, fields);
  else begin('centre', null, centre, fields);
}

export const beginList = (centre: string): void => begin('readiness', null, centre);
export const changeList = (own: string): void => begin('readiness', own, null);

/** A new version of the own list in which one point stands otherwise. */
export function setPoint(centre: string, own: string | null, row: ReadyRow, state: PointState): void {
  const object = own ? live.objects.get(own) : undefined;
  const points = object ? ((known(object)['points'] ?? []) as { key: string; state: PointState }[]) : [];
  const there = points.some((one) => one.key === row.key);
  const next = there ? points.map((one) => (one.key === row.key ? { ...one, state } : one)) : [...points, { key: row.key, names: row.names, state }];
  if (own) begin('readiness', own, null, { points: next });
  else begin('readiness', null, centre, { points: next });
}

export const newRoster = (centre: string): void => begin('roster', null, centre);
export const addEntry = (centre: string): void => begin('log', null, centre);
export const entryAbout = (line: LogLine): void => begin('log', null, line.ref, line.category ? { category: line.category, when: { from: line.from, to: line.to }, lang: line.lang ?? 'ar' } : null);
export const confirmEntry = (line: LogLine): void => begin('consent', null, line.ref, { revision: line.revision, verdict: 'accepted' });

export const newHandover = (centre: string): void => begin('watch_handover', null, centre);
export const takeWatch = (one: HandingOver, now: number): void => begin('watch_handover', one.ref, null, { status: 'taken', taken_at: now });
export const refuseWatch = (one: HandingOver): void => begin('watch_handover', one.ref, null, { status: 'refused' });
export const wordOn = (one: HandingOver, verdict: 'accepted' | 'declined'): void => begin('consent', null, one.ref, { revision: one.revision, verdict });
