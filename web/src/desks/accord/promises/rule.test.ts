import { expect, test } from 'vitest';
import { ruleReady } from './rule';

test('a rule is ready when it names its area and its numbers', () => {
  expect(ruleReady({ rule: 'area_covered', share_percent: 80, hours_a_day: 20 })).toBe(false);
  expect(ruleReady({ rule: 'area_covered', area: 'joc/1', share_percent: 80, hours_a_day: 20 })).toBe(true);
});

test('a rule that nobody knows is never ready', () => {
  expect(ruleReady({ rule: 'other' })).toBe(false);
  expect(ruleReady({})).toBe(false);
});

test('nought is a number: no denials at all, a cut-off at midnight', () => {
  expect(ruleReady({ rule: 'access_granted', at_most: 0 })).toBe(true);
  expect(ruleReady({ rule: 'report_every', report: 'weekly', minute: 0 })).toBe(true);
});
