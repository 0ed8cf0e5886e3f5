import { describe, expect, test } from 'vitest';
import { MOST_OPEN, named, openItems } from './open';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const seen = (ref: string, kind: string, party: string, hours: number, fields = {}) => ({ ref, kind, party, at: NOW - hours * HOUR, fields, erased: false });
const plan = (ref: string, party: string, word: string) => ({ ref, party, phase: 'before' as const, state: 'waiting' as const, parties: [{ party: 'joc', given: { word } }] });

describe('what is open when a watch ends', () => {
  test('is carried on, waits for an answer, asks for something or was an incident of the watch, each once', () => {
    const found = openItems(
      [seen('mop/i', 'incident', 'mop', 2, { ask: 'Who fired?' }), seen('mop/old', 'incident', 'mop', 30), seen('joc/i', 'incident', 'joc', 3), seen('mop/l', 'log', 'mop', 1)],
      'joc',
      NOW,
      [plan('mop/p', 'mop', 'silent'), plan('mop/q', 'mop', 'clear'), plan('joc/r', 'joc', 'silent')],
      [
        { party: 'mop', standing: 'signed', open: [{ ref: 'x', times: 1, since: 0 }] },
        { party: 'joc', standing: 'refused', open: [{ ref: 'y', times: 1, since: 0 }] },
        { party: 'joc', standing: 'signed', open: [{ ref: 'joc/i', times: 2, since: 0 }] },
      ],
    );
    expect(found).toEqual([
      { ref: 'joc/i', why: 'carried' },
      { ref: 'mop/p', why: 'plan' },
      { ref: 'mop/i', why: 'asked' },
    ]);
  });
  test('is a request that waits for us or that we put, whoever else is asked', () => {
    const requests = [
      { ref: 'mop/r', party: 'mop', waits_for: ['joc'] },
      { ref: 'joc/r', party: 'joc', waits_for: ['mop'] },
      { ref: 'mop/s', party: 'mop', waits_for: ['coalition'] },
      { ref: 'mop/t', party: 'mop', waits_for: [] },
    ];
    expect(openItems([], 'joc', NOW, [], [], requests)).toEqual([
      { ref: 'mop/r', why: 'request' },
      { ref: 'joc/r', why: 'request' },
    ]);
  });
  test('is a message that nobody here has read', () => {
    expect(openItems([], 'joc', NOW, [], [], [], ['mop/m'])).toEqual([{ ref: 'mop/m', why: 'message' }]);
  });
  test('is never more than a hand-over may name, and what waits for an answer is not crowded out by incidents', () => {
    const incidents = Array.from({ length: 99 }, (_, i) => seen(`joc/${i}`, 'incident', 'joc', 1));
    const before = named(openItems(incidents, 'joc', NOW, [], []), incidents.map((one) => one.ref));
    expect(before).toHaveLength(MOST_OPEN);
    const found = openItems(incidents, 'joc', NOW, [], [], [{ ref: 'mop/r', party: 'mop', waits_for: ['joc'] }], ['mop/m']);
    const now = named(found, [...before, 'mop/r', 'mop/m', 'mop/carried']);
    expect(now).toHaveLength(MOST_OPEN);
    expect(now.slice(0, 3)).toEqual(['mop/carried', 'mop/r', 'mop/m']);
  });
});
