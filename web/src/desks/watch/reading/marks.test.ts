import { expect, test } from 'vitest';
import type { Find, ReadDraft } from '../../../api/reading';
import { pieces } from './marks';

const find = (start: number, end: number, what: 'place' | 'kind'): Find => ({ start, end, words: '', certainty: 'certain', meanings: [{ what }] });

test('the pieces of a text are the text, and offsets count code points', () => {
  const text = '🔥 قرب مخمور الآن';
  const draft = { kind: 'incident', fields: {}, spans: [{ start: 0, end: 16 }], sources: [{ field: 'place', start: 6, end: 11 }], questions: [], choices: [] } as ReadDraft;
  const cut = pieces(text, [find(0, 1, 'kind'), find(6, 11, 'place')], [draft]);
  expect(cut.map((one) => one.text).join('')).toBe(text);
  expect(cut.find((one) => one.text === 'مخمور')).toEqual({ text: 'مخمور', what: 'place', certainty: 'certain', spoken: [0], source: [0] });
  expect(cut[0]?.text).toBe('🔥');
});

test('of finds over one another the shorter is shown', () => {
  const cut = pieces('abcdef', [find(0, 6, 'kind'), find(2, 4, 'place')], []);
  expect(cut.map((one) => [one.text, one.what])).toEqual([['ab', 'kind'], ['cd', 'place'], ['ef', 'kind']]);
});
