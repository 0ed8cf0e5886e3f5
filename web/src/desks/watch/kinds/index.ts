// The kinds that the watch desk knows, in the order of its filter and of its forms.

import type { PictureObject } from '../../../api/types';
import { UNDRAWN } from '../../../map/drawing';
import type { IconName } from '../../../ui/icons';
import { CENTRE_KINDS } from '../../centres/kinds';
import { SIGNING_KINDS } from '../../accord/signing/kinds';
import { TEXT_KINDS } from '../../accord/texts/kinds';
import { TALK_KINDS } from '../../accord/talk/kinds';
import { COMPLAINT_KINDS } from '../../accord/complaints/kinds';
import { report } from '../../accord/reports/kind';
import { COMPARED_KINDS } from '../../incidents/kinds';
import { REQUEST_KINDS } from '../../incidents/requests/kinds';
import { terms } from '../../accord/terms/kind';
import { PROMISE_KINDS } from '../../accord/promises/kinds';
import { MOVING_KINDS } from '../../movements/kinds';
import { area } from './area';
import { arrangement } from './arrangement';
import { base } from './base';
import { centre } from './centre';
import { coverage } from './coverage';
import { incident } from './incident';
import type { KindView, W } from './kind';
import { line } from './line';
import { log } from './log';
import { message } from './message';
import { readMark } from './readMark';
import { patrol } from './patrol';
import { post } from './post';
import { proposal } from './proposal';

export const KINDS: readonly KindView[] = [
  incident,
  log,
  message,
  readMark,
  post,
  centre,
  line,
  area,
  patrol,
  base,
  arrangement,
  coverage,
  proposal,
  ...MOVING_KINDS,
  ...CENTRE_KINDS,
  ...TEXT_KINDS,
  ...TALK_KINDS,
  terms,
  ...COMPLAINT_KINDS,
  ...PROMISE_KINDS,
  report,
  ...COMPARED_KINDS,
  ...REQUEST_KINDS,
  ...SIGNING_KINDS,
];


const byName = new Map(KINDS.map((view) => [view.kind, view]));

export function kindView(kind: string): KindView | undefined {
  return byName.get(kind);
}

/** Things of the picture that a log shows: parties and circles stand in the header, read marks at their message. */
export function isListed(object: PictureObject): boolean {
  return object.kind !== 'party' && object.kind !== 'circle' && object.kind !== 'read_mark';
}

export function titleOf(object: PictureObject, w: W): string {
  return byName.get(object.kind)?.title(object, w) || w.of(w.m.values.kind, object.kind);
}

export function iconOf(object: PictureObject): IconName {
  return byName.get(object.kind)?.icon({ ...object.fields, ...object.own }) ?? 'other';
}

export function drawnOf(object: PictureObject) {
  return byName.get(object.kind)?.draw(object) ?? UNDRAWN;
}
