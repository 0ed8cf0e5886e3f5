// Files, bodies, meetings, minutes and understandings as every desk shows them: in the log, in records, in forms.

import type { AgendaItem, Component, MinuteItem } from '../../../api/talk';
import type { Fields, Interval, Names } from '../../../api/types';
import { UNDRAWN } from '../../../map/drawing';
import { live } from '../../../state/live.svelte';
import { takingPart } from '../../../state/movements.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, nameOf, NO_LOCKS, type W } from '../../watch/kinds/kind';
import BodyForm from './BodyForm.svelte';
import FileForm from './FileForm.svelte';
import MeetingForm from './MeetingForm.svelte';
import MinutesForm from './MinutesForm.svelte';
import UnderstandingForm from './UnderstandingForm.svelte';

const HOUR = 3_600_000;
const written = (texts: unknown): boolean => typeof texts === 'object' && texts !== null && Object.values(texts).some((one) => typeof one === 'string' && one.trim() !== '');
const kindWord = (kind: string, w: W): string => w.of(w.m.values.kind, kind);
const plain = { draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true, text: () => null };

/** What a statement is about, by its name. */
function aboutName(about: string | null, w: W): string {
  const object = about ? live.objects.get(about) : undefined;
  if (!object) return '';
  return nameOf(known(object), w) || (object.kind === 'meeting' ? meetingTitle(known(object), w) : '');
}

function meetingTitle(fields: Fields, w: W): string {
  const body = typeof fields['body'] === 'string' ? live.objects.get(fields['body']) : undefined;
  const name = nameOf(fields, w) || (body ? nameOf(known(body), w) : '');
  const number = typeof fields['number'] === 'number' ? w.m.talk.ofBody(w.d(fields['number'])) : '';
  return joined(name, nameOf(fields, w) ? '' : number);
}

export const negotiationFile: KindView = {
  ...plain,
  kind: 'negotiation_file',
  icon: () => 'log',
  title: (object, w) => {
    const fields = known(object);
    return joined(nameOf(fields, w) || aboutName(object.about, w), fields['state'] ? w.of(w.m.talk.fileState, fields['state']) : '');
  },
  form: FileForm,
  beginning: (now, w) => ({ fields: { state: 'open', since: now, parties: takingPart(), lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['state'] ? (fields['parties'] && !written(fields['names']) ? w.m.talk.f.needName : null) : w.m.talk.f.needState),
};

export const body: KindView = {
  ...plain,
  kind: 'body',
  icon: () => 'party',
  title: (object, w) => nameOf(known(object), w) || aboutName(object.about, w),
  form: BodyForm,
  beginning: (now, w) => ({ fields: { body_type: 'committee', status: 'proposed', since: now, lang: w.lang, components: takingPart().map((party) => ({ party, seats: 4, quorum: 3 })) }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const components = (fields['components'] ?? []) as Component[];
    if (fields['body_type'] && !written(fields['names'])) return w.m.talk.f.needName;
    if (!components.some((one) => one.seats > 0)) return w.m.talk.f.needSeats;
    return components.every((one) => one.quorum <= one.seats && (one.emergency ?? 0) <= one.quorum) ? null : w.m.talk.f.needQuorum;
  },
};

function tomorrowAtTen(now: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 10).getTime();
}

export const meeting: KindView = {
  ...plain,
  kind: 'meeting',
  icon: () => 'meeting',
  title: (object, w) => {
    const fields = known(object);
    return joined(meetingTitle(fields, w) || aboutName(object.about, w) || kindWord('meeting', w), fields['status'] ? w.of(w.m.talk.meetingState, fields['status']) : '');
  },
  form: MeetingForm,
  beginning: (now, w) => ({ fields: { status: 'planned', when: { from: tomorrowAtTen(now), to: tomorrowAtTen(now) + 2 * HOUR }, invited: takingPart(), lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const f = w.m.talk.f;
    const when = fields['when'] as Interval | null | undefined;
    if (!fields['status']) return f.needState;
    if (fields['invited'] && !when) return f.needTime;
    if (when && when.to !== null && when.to < when.from) return f.needOrder;
    return ((fields['agenda'] ?? []) as AgendaItem[]).every((item) => written(item.names)) ? null : f.needPoint;
  },
};

export const minutes: KindView = {
  ...plain,
  kind: 'minutes',
  icon: () => 'edit',
  title: (object, w) => joined(kindWord('minutes', w), aboutName(object.about, w), known(object)['status'] === 'draft' ? w.m.talk.state.draft : ''),
  form: MinutesForm,
  beginning: (_now, w) => ({ fields: { items: [{ text: {} }], status: 'draft', lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (itemsOf(fields).length > 0 ? null : w.m.talk.f.needItems),
  prepare: (request) => Promise.resolve({ ...request, fields: { ...request.fields, items: itemsOf(request.fields) } }),
};

const itemsOf = (fields: Fields): MinuteItem[] => ((fields['items'] ?? []) as MinuteItem[]).filter((item) => written(item.text));

export const understanding: KindView = {
  ...plain,
  kind: 'understanding',
  icon: () => 'check',
  title: (object, w) => {
    const fields = known(object);
    const number = typeof fields['number'] === 'number' ? w.m.talk.understandingN(w.d(fields['number'])) : kindWord('understanding', w);
    return joined(number, nameOf(fields, w) || firstLine(w.name(fields['text'] as Names | undefined)));
  },
  form: UnderstandingForm,
  beginning: (now, w) => ({ fields: { status: 'proposed', at: now, parties: takingPart(), lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (written(fields['text']) ? null : w.m.talk.f.needText),
};

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 70 ? `${line.slice(0, 68)}…` : line;
}

export const TALK_KINDS: readonly KindView[] = [negotiationFile, body, meeting, minutes, understanding];
