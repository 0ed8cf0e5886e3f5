// Live positions in the reader's words: how far and how late, where, how long ago.

import type { Cell } from '../../../api/types';
import type { Live } from '../../../api/positions';
import { spacedMgrs } from '../../../format/grid';
import { words } from '../../../i18n/words.svelte';

/** 38S LE 45 67 (1 km), written from left to right in every language. */
export function squareText(square: Cell): string {
  return `\u2068\u200e${spacedMgrs(square.mgrs)}\u2069 (${words.distance(square.size)})`;
}

/** Outside of its ground by at least 2.3 km, 45 minutes later than announced. */
export function alarmText(one: Live): string {
  const t = words.m.positions;
  const apart = one.departure;
  return words.list(
    one.alarms.map((alarm) => {
      if (alarm === 'outside') return t.outsideBy(words.distance(apart?.outside_m ?? 0));
      if (alarm === 'plan_over') return t.planOver;
      return t.byMinutes[alarm](words.n(Math.abs(apart?.minutes ?? 0)));
    }),
  );
}
