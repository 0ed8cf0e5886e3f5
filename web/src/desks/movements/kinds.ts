// The kinds of movements as every desk shows them: in the log, on the map, in forms.

import { clock } from '../../state/clock.svelte';
import { live } from '../../state/live.svelte';
import { known } from '../../state/objects';
import { drawPlace, UNDRAWN, type Drawn } from '../../map/drawing';
import type { Fields, PictureObject } from '../../api/types';
import { joined, type KindView, nameOf, NO_LOCKS, textOf, type W } from '../watch/kinds/kind';
import ActivityForm from './forms/ActivityForm.svelte';
import AnswerForm from './forms/AnswerForm.svelte';
import ConsentForm from './forms/ConsentForm.svelte';
import DenialForm from './forms/DenialForm.svelte';
import EnteredForm from './forms/EnteredForm.svelte';
import HandoverForm from './forms/HandoverForm.svelte';
import HotlineForm from './forms/HotlineForm.svelte';
import SuspensionForm from './forms/SuspensionForm.svelte';
import { positionReport } from './live/kind';
import { movementsApi } from '../../api/movements';
import { takingPart } from '../../state/movements.svelte';
import { lastTime, pointsOf, type Volume, volumesOf } from './volumes';

const firstLine = (value: unknown): string => {
  const line = typeof value === 'string' ? (value.split('\n')[0] ?? '') : '';
  return line.length > 90 ? `${line.slice(0, 88)}…` : line;
};

/** Its places, while they are not over: a map full of what was is read by nobody. */
function drawPlan(object: PictureObject): Drawn {
  const fields = known(object);
  if (fields['status'] === 'ended' || fields['status'] === 'cancelled') return UNDRAWN;
  const [first, ...more] = volumesOf(fields['volumes']).filter((volume) => lastTime(volume) >= clock.read()).flatMap(drawVolume);
  return first ? { ...first, more } : UNDRAWN;
}

function drawVolume(volume: Volume): Drawn[] {
  const points = pointsOf(volume);
  const first = points[0];
  if (!first) return [];
  return [volume.ring ? { ...UNDRAWN, precision: 'exact', ring: [...points, first] } : { ...UNDRAWN, precision: 'exact', path: points }];
}

/** Where a position is: as told, else where its post stands. */
function drawPosition(object: PictureObject): Drawn {
  const place = drawPlace(object);
  const post = live.objects.get(String(known(object)['post']));
  return place.precision === 'none' && post ? drawPlace(post) : place;
}

/** What a word is about, by its name. */
function aboutName(object: PictureObject, w: W): string {
  const about = object.about ? live.objects.get(object.about) : undefined;
  if (!about) return '';
  if (about.kind === 'answer') return aboutName(about, w);
  const fields = known(about);
  if (about.kind === 'activity') return planName(fields, w);
  const post = live.objects.get(String(fields['post']));
  return nameOf(fields, w) || (post ? nameOf(known(post), w) : '');
}

const planName = (fields: Fields, w: W): string => nameOf(fields, w) || w.of(w.m.moves.activity, fields['activity'] ?? 'other');

const plain = { text: textOf('note', 'reason', 'text'), draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true };
const kindWord = (kind: string, w: W): string => w.of(w.m.values.kind, kind);

export const activity: KindView = {
  ...plain,
  kind: 'activity',
  icon: () => 'movements',
  title: (object, w) => {
    const fields = known(object);
    return joined(planName(fields, w), w.m.moves.status[String(fields['status']) as 'announced'] ?? '');
  },
  draw: drawPlan,
  symbol: () => '',
  form: ActivityForm,
  beginning: () => ({ fields: { activity: 'patrol', ask: 'no_objection', status: 'announced' }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.moves;
    if (!fields['ask']) return t.needAsk;
    return volumesOf(fields['volumes']).length === 0 ? t.needShape : null;
  },
  prepare: async (request) => ({ ...request, fields: await movementsApi.withKnown(request) }),
};

export const answer: KindView = {
  ...plain,
  kind: 'answer',
  icon: () => 'check',
  title: (object, w) => joined(kindWord('answer', w), w.m.moves.word[String(known(object)['verdict']) as 'clear'] ?? '', aboutName(object, w)),
  form: AnswerForm,
  beginning: (_now, w) => ({ fields: { lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.moves;
    const verdict = fields['verdict'];
    if (!verdict) return t.needVerdict;
    if (verdict === 'conditional' && !hasText(fields['conditions'])) return t.needConditions;
    return verdict === 'objection' && !fields['reason'] ? t.needReason : null;
  },
};

const hasText = (value: unknown): boolean => Array.isArray(value) && value.some((one) => typeof one === 'string' && one.trim() !== '');

export const consent: KindView = {
  ...plain,
  kind: 'consent',
  icon: () => 'check',
  title: (object, w) => joined(kindWord('consent', w), w.of(w.m.moves.consent, known(object)['verdict']), aboutName(object, w)),
  form: ConsentForm,
  beginning: (_now, w) => ({ fields: { lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['verdict'] ? null : w.m.moves.needVerdict),
};

export const hotline: KindView = {
  ...plain,
  kind: 'hotline',
  icon: () => 'message',
  title: (object, w) => firstLine(known(object)['text']) || kindWord('hotline', w),
  form: HotlineForm,
  beginning: (_now, w) => ({ fields: { lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['text'] ? null : w.m.forms.needText),
};

export const handover: KindView = {
  ...plain,
  kind: 'handover',
  icon: () => 'party',
  title: (object, w) => {
    const fields = known(object);
    const post = live.objects.get(String(fields['post']));
    return nameOf(fields, w) || joined(kindWord('handover', w), post ? nameOf(known(post), w) : '');
  },
  draw: drawPosition,
  symbol: () => 'post/post/vacated',
  form: HandoverForm,
  beginning: (now) => ({
    fields: { status: 'announced', interim: 'nobody', leaves_at: now + 24 * 3_600_000, consents: takingPart() },
    ...NO_LOCKS,
  }),
  missing: (fields, w) => (fields['leaves'] && fields['leaves_at'] ? null : w.m.moves.needLeaves),
};

export const entered: KindView = {
  ...plain,
  kind: 'entered',
  icon: () => 'warning',
  draw: (object) => {
    const about = object.about ? live.objects.get(object.about) : undefined;
    return about ? drawPosition(about) : UNDRAWN;
  },
  symbol: () => 'post/post/vacated',
  title: (object, w) => {
    const by = firstLine(known(object)['by']);
    return joined(kindWord('entered', w), w.name(live.party(by)?.names, by), aboutName(object, w));
  },
  form: EnteredForm,
  beginning: (now) => ({ fields: { at: now }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['by'] ? null : w.m.moves.whoEntered),
};

export const suspension: KindView = {
  ...plain,
  kind: 'suspension',
  icon: () => 'pause',
  title: (object, w) => joined(kindWord('suspension', w), w.of(w.m.moves.scopes, known(object)['scope']), w.of(w.m.moves.suspensionStatus, known(object)['status'])),
  form: SuspensionForm,
  beginning: (now, w) => ({ fields: { scope: 'movements', status: 'suspended', since: now, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['reason'] ? null : w.m.moves.needReason),
};

export const denial: KindView = {
  ...plain,
  kind: 'denial',
  icon: () => 'close',
  title: (object, w) => joined(kindWord('denial', w), firstLine(known(object)['by']), w.of(w.m.moves.denialStatus, known(object)['status'])),
  draw: drawPlace,
  form: DenialForm,
  beginning: (now, w) => ({ fields: { status: 'open', level: 'unknown', had_heard: 'unknown', when: { from: now, to: null }, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['by'] ? null : w.m.moves.deniedBy),
};

export const MOVING_KINDS: readonly KindView[] = [activity, answer, consent, hotline, handover, entered, suspension, denial, positionReport];
