// The kinds of texts as every desk shows them. Wordings, positions and comments are said at the text itself.

import type { Fields, PictureObject } from '../../../api/types';
import { UNDRAWN } from '../../../map/drawing';
import { live } from '../../../state/live.svelte';
import { takingPart } from '../../../state/movements.svelte';
import { known } from '../../../state/objects';
import { joined, type KindView, nameOf, NO_LOCKS, textOf, type W } from '../../watch/kinds/kind';
import AgreementForm from './AgreementForm.svelte';

const plain = { text: textOf('note', 'reason', 'text'), draw: () => UNDRAWN, symbol: () => 'log', oneCircle: true, missing: () => null };
const kindWord = (kind: string, w: W): string => w.of(w.m.values.kind, kind);
const nothing = () => ({ fields: {}, ...NO_LOCKS });

function textName(ref: string | null, w: W): string {
  const object = ref ? live.objects.get(ref) : undefined;
  return object ? nameOf(known(object), w) : '';
}
function clauseNumber(object: PictureObject | undefined, w: W): string {
  const order = object?.fields['order'];
  return Array.isArray(order) ? `\u2068${order.map((one) => w.d(String(one))).join('.')}\u2069` : '';
}
const slug = (text: unknown): string =>
  String(text ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 48);

export const agreement: KindView = {
  ...plain,
  kind: 'agreement',
  icon: () => 'log',
  title: (object, w) => nameOf(known(object), w) || kindWord('agreement', w),
  form: AgreementForm,
  beginning: (_now, w) => ({ fields: { parties: takingPart(), authentic: ['ar', 'ckb'], status: 'drafting', force: { on: 'signature' }, lang: w.lang }, ...NO_LOCKS }),
  missing: (fields, w) => {
    const t = w.m.texts;
    if (!Object.values((fields['names'] ?? {}) as Fields).some(Boolean)) return t.needName;
    if (((fields['authentic'] ?? []) as string[]).length === 0) return t.needLanguage;
    return ((fields['parties'] ?? []) as string[]).length > 0 ? null : t.needParties;
  },
  prepare: (request) => {
    const names = (request.fields['names'] ?? {}) as Record<string, string>;
    const path = request.fields['path'] || slug(names['en']) || `text-${Date.now().toString(36)}`;
    return Promise.resolve({ ...request, fields: { ...request.fields, path } });
  },
};

export const clause: KindView = {
  ...plain,
  kind: 'clause',
  icon: () => 'log',
  title: (object, w) => joined(`${kindWord('clause', w)} ${clauseNumber(object, w)}`, textName(object.about, w)),
  beginning: nothing,
};

export const clausePosition: KindView = {
  ...plain,
  kind: 'clause_position',
  icon: () => 'check',
  title: (object, w) => {
    const about = object.about ? live.objects.get(object.about) : undefined;
    return joined(w.of(w.m.texts.stand, object.fields['verdict'] ?? 'silent'), `${kindWord('clause', w)} ${clauseNumber(about, w)}`, textName(about?.about ?? null, w));
  },
  beginning: nothing,
};

export const comment: KindView = {
  ...plain,
  kind: 'comment',
  icon: () => 'message',
  title: (object, w) => {
    const about = object.about ? live.objects.get(object.about) : undefined;
    return joined(kindWord('comment', w), about?.kind === 'clause' ? `${kindWord('clause', w)} ${clauseNumber(about, w)}` : '');
  },
  beginning: nothing,
};

export const TEXT_KINDS: readonly KindView[] = [agreement, clause, clausePosition, comment];
