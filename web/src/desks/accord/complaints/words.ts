// Complaints in the reader's words: their clocks, what is missing, how grave they are.

import type { Named, Standing, StepDue, Task } from '../../../api/rules';
import type { Names } from '../../../api/types';
import { words } from '../../../i18n/words.svelte';
import { live } from '../../../state/live.svelte';
import { titleOf } from '../../watch/kinds';

export type Tone = 'good' | 'warn' | 'bad' | '';

export function complaintName(ref: string): string {
  const object = live.objects.get(ref);
  return object ? titleOf(object, words) : words.m.complaints.untitled;
}

export function toneOf(one: Standing): Tone {
  if (one.state === 'executed' || one.state === 'closed') return 'good';
  if (one.late || one.state === 'cannot_be_closed' || one.state === 'disputed') return 'bad';
  return one.state === 'not_upheld' || one.state === 'withdrawn' || one.state === 'erased' ? '' : 'warn';
}

/** The clauses of an agreement, one for each key, in their order; `ref` is a wording of it. */
export function clausesOf(agreement: string): { key: string; ref: string; name: string }[] {
  const found = new Map<string, { key: string; ref: string; name: string; order: readonly number[] }>();
  for (const one of live.visible) {
    const key = one.fields['key'];
    if (one.kind !== 'clause' || one.about !== agreement || one.erased || typeof key !== 'string' || found.has(key)) continue;
    const heading = words.name(one.fields['heading'] as Names | undefined);
    found.set(key, { key, ref: one.ref, name: words.facts(titleOf(one, words), heading), order: (one.fields['order'] ?? []) as number[] });
  }
  return [...found.values()].sort((a, b) => inOrder(a.order, b.order));
}
function inOrder(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((one, k) => one !== b[k]);
  return i < 0 ? a.length - b.length : (a[i] ?? 0) - (b[i] ?? -1);
}

export const missingNames = (names: readonly Named[]): string => words.m.complaints.missing(words.list(names.map((name) => words.m.complaints.named[name])));

const MINUTE = 60_000;

/** Its time, and how much of it is left or gone at a time (ms). */
export function timeOf(one: Pick<StepDue | Task, 'due' | 'done' | 'late_by'>, now: number): string {
  const c = words.m.complaints;
  const late = one.late_by > 0 ? c.lateBy(words.age(one.late_by * MINUTE)) : '';
  if (one.done !== null) return words.facts(c.doneAt(words.dateTime(one.done)), late);
  if (one.due === null) return '';
  return words.facts(c.dueAt(words.dateTime(one.due)), late || (one.due > now ? c.left(words.age(one.due - now)) : ''));
}

/** The clock that runs: the step that is late, else the next that is due after the last one taken. */
export function clockOf(one: Standing, now: number): string {
  if (['closed', 'executed', 'not_upheld', 'withdrawn', 'erased'].includes(one.state)) return '';
  const taken = one.steps.findLastIndex((step) => step.state === 'done');
  const running = one.steps.find((step) => step.state === 'late') ?? one.steps.find((step, i) => i > taken && step.state === 'due');
  if (!running && one.steps.some((step) => step.state === 'unconfirmed')) return words.m.complaints.stepState.unconfirmed;
  return running ? `${words.m.rules.step[running.step]}: ${timeOf(running, now)}` : '';
}
