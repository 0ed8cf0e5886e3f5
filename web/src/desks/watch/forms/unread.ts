// What stands in a form of an incident and would be left out of the record, or would change nothing, without a word.

import { latinDigits } from '../../../format/digits';
import type { Draft } from '../../../state/draft.svelte';

const TYPED: Readonly<Record<string, readonly string[]>> = {
  when: ['when.quick', 'when.day', 'when.time'],
  known_at: ['known_at.typed'],
};
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  killed: ['killed.min', 'killed.max'],
  wounded: ['wounded.min', 'wounded.max'],
  accuracy: ['accuracy'],
};

/** A whole number as it was typed, in any set of digits; null where it is none. */
export function wholeNumber(typed: string): number | null {
  const digits = latinDigits(typed).trim();
  return /^\d{1,6}$/.test(digits) ? Number(digits) : null;
}

/** The first field in whose box something stands that is no value. */
export function unread({ raw, fields }: Pick<Draft, 'raw' | 'fields'>): string | null {
  const stands = (box: string): boolean => Boolean(raw[box]?.trim());
  for (const [name, boxes] of Object.entries(TYPED)) {
    if ((fields[name] ?? null) === null && boxes.some(stands)) return name;
  }
  for (const [name, boxes] of Object.entries(NUMBERS)) {
    if (boxes.some((box) => stands(box) && wholeNumber(raw[box] ?? '') === null)) return name;
  }
  return null;
}
