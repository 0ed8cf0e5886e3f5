// Whether a rule says all that it needs.

import type { Fields } from '../../../api/types';

const NEEDS: Record<string, readonly string[]> = {
  area_covered: ['area', 'share_percent', 'hours_a_day'],
  hours_a_week: ['area', 'hours'],
  answered_within: ['minutes', 'share_percent'],
  report_every: ['report', 'minute'],
  centre_staffed: ['centre', 'strength'],
  centre_opened: ['centre'],
  access_granted: [],
};

export function ruleReady(rule: Fields): boolean {
  const needs = NEEDS[String(rule['rule'])];
  return needs !== undefined && needs.every((name) => rule[name] !== undefined && rule[name] !== null && rule[name] !== '');
}
