// What a ledger says of each of its entries: how far they are acknowledged, whether a claimed time is disproven.

import type { AckState, LedgerView, PictureObject } from '../api/types';

/** Who cosigned a head cosigned every entry under it, so three numbers of a ledger say it of each entry. */
export function ackOf(object: PictureObject, ledger: LedgerView): AckState {
  const { sent, held, acknowledged } = ledger.reach;
  if (object.index >= sent) return 'unsent';
  if (object.index < acknowledged) return 'acknowledged';
  return object.index < held ? 'held' : 'sent';
}

/** Whether somebody held or saw it before the time at which it claims to be said. */
export function disproven(object: PictureObject, ledger: LedgerView): boolean {
  const first = ledger.proven[0];
  if (!first || object.index < first[0] - 1) return false; // judged by the node when it was sent
  const bound = ledger.proven.find(([size]) => size > object.index);
  return bound !== undefined && object.said > bound[1];
}
