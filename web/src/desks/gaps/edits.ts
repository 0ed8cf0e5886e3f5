// What-if edits: pure. An edit that says what is already so is no edit, so two ways to the same change are one.

import type { AddedPatrol, AddedPost, Edits, GapsAnswer } from '../../api/gaps';
import type { LonLat } from '../../map/drawing';

export const NO_EDITS: Edits = { move: {}, add: [], remove: [], hours: {}, close: [], patrols: [] };

export function isEdited(edits: Edits): boolean {
  return countEdits(edits) > 0;
}

export function countEdits({ move, add, remove, hours, close, patrols }: Edits): number {
  return Object.keys(move).length + add.length + remove.length + Object.keys(hours).length + close.length + patrols.length;
}

const rounded = ([lon, lat]: LonLat): LonLat => [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6];

/** The post moved; back at its stated place it is not moved. */
export function moved(edits: Edits, ref: string, to: LonLat, stated: LonLat): Edits {
  const move = { ...edits.move };
  const at = rounded(to);
  const from = rounded(stated);
  if (at[0] === from[0] && at[1] === from[1]) delete move[ref];
  else move[ref] = at;
  return { ...edits, move };
}

export function withHours(edits: Edits, ref: string, schedule: string, stated: string): Edits {
  const hours = { ...edits.hours };
  if (schedule === stated) delete hours[ref];
  else hours[ref] = schedule;
  return { ...edits, hours };
}

const toggled = (list: string[], one: string): string[] => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one].sort());

export function toggleRemoved(edits: Edits, ref: string): Edits {
  return { ...edits, remove: toggled(edits.remove, ref) };
}

export function toggleClosed(edits: Edits, bridge: string): Edits {
  return { ...edits, close: toggled(edits.close, bridge) };
}

export function withAdded(edits: Edits, post: AddedPost): Edits {
  const [lon, lat] = rounded([post.lon, post.lat]);
  return { ...edits, add: [...edits.add, { ...post, lon, lat }] };
}

export function withoutAdded(edits: Edits, i: number): Edits {
  return { ...edits, add: edits.add.filter((_, at) => at !== i) };
}

/** Patrols that are thought of, beside those that are already; one that is there is not added twice. */
export function withPatrols(edits: Edits, patrols: readonly AddedPatrol[]): Edits {
  const plain = patrols.map(({ party, path, width_m, hours }) => ({ party, path, width_m, hours }));
  const there = new Set(edits.patrols.map((one) => JSON.stringify(one)));
  return { ...edits, patrols: [...edits.patrols, ...plain.filter((one) => !there.has(JSON.stringify(one)))] };
}

export function withoutPatrol(edits: Edits, i: number): Edits {
  return { ...edits, patrols: edits.patrols.filter((_, at) => at !== i) };
}

/** Everything about one post as it is stated. */
export function undone(edits: Edits, ref: string): Edits {
  const { [ref]: _move, ...move } = edits.move;
  const { [ref]: _hours, ...hours } = edits.hours;
  return { ...edits, move, hours, remove: edits.remove.filter((one) => one !== ref) };
}

/** What was kept in a browser, read with care: whatever is not an edit is left out. */
export function readEdits(value: unknown): Edits {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const texts = (list: unknown): string[] => (Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []);
  const entries = (map: unknown): [string, unknown][] => (typeof map === 'object' && map !== null ? Object.entries(map) : []);
  const isLonLat = (at: unknown): at is LonLat => Array.isArray(at) && at.length === 2 && at.every((n) => typeof n === 'number' && Number.isFinite(n));
  return {
    move: Object.fromEntries(entries(given['move']).filter((entry): entry is [string, LonLat] => isLonLat(entry[1]))),
    add: (Array.isArray(given['add']) ? given['add'] : []).filter(
      (one): one is AddedPost => typeof one === 'object' && one !== null && typeof one.party === 'string' && isLonLat([one.lon, one.lat]),
    ),
    remove: texts(given['remove']),
    hours: Object.fromEntries(entries(given['hours']).filter((entry): entry is [string, string] => /^[01]{168}$/.test(String(entry[1])))),
    close: texts(given['close']),
    patrols: (Array.isArray(given['patrols']) ? given['patrols'] : []).filter(
      (one): one is AddedPatrol =>
        typeof one === 'object' && one !== null && typeof one.party === 'string' && typeof one.width_m === 'number' && /^[01]{168}$/.test(String(one.hours)) && Array.isArray(one.path) && one.path.every(isLonLat),
    ),
  };
}

/** Open square-kilometre hours of a week, in all or left by what a party covers. */
export function openHours(answer: GapsAnswer): number {
  return sum(answer, (one) => one.open_km2);
}
export function unknownHours(answer: GapsAnswer): number {
  return sum(answer, (one) => one.unknown_km2);
}
export function coveredHours(answer: GapsAnswer, party: string): number {
  return sum(answer, (one) => one.covered_km2[party] ?? 0);
}

function sum(answer: GapsAnswer, of: (one: GapsAnswer['hours'][number]) => number): number {
  return answer.classes.reduce((total, hourClass) => {
    const one = answer.hours[hourClass];
    return one ? total + of(one) : total;
  }, 0);
}

export interface Difference {
  open: number;
  unknown: number;
  byParty: Record<string, number>;
  opened: string[];
  closed: string[];
}

/** What changes from one answer to another: km²-hours, and gaps that only one of them has. */
export function difference(before: GapsAnswer, after: GapsAnswer): Difference {
  const parties = [...new Set([...before.parties, ...after.parties])];
  const was = new Set(before.gaps.map((gap) => gap.id));
  const is = new Set(after.gaps.map((gap) => gap.id));
  return {
    open: openHours(after) - openHours(before),
    unknown: unknownHours(after) - unknownHours(before),
    byParty: Object.fromEntries(parties.map((party) => [party, coveredHours(after, party) - coveredHours(before, party)])),
    opened: [...is].filter((id) => !was.has(id)),
    closed: [...was].filter((id) => !is.has(id)),
  };
}
