import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chanceKey, chanceLegend, NODE_DOUBTFUL, NODE_LIKELY } from './chance';

test('no two bands share a colour or a pattern, and every colour of the node has its band', () => {
  for (const dark of [false, true]) {
    const key = chanceKey(dark);
    expect(new Set(key.map((one) => one.colour)).size).toBe(key.length);
    expect(new Set(key.map((one) => one.pattern)).size).toBe(key.length);
    expect(new Set(chanceLegend(key).map(([, cover]) => cover)).size).toBe(key.length);
  }
});

test('the colours are those of the node', () => {
  const source = readFileSync(new URL('../../../../src/tansiq/gaps/picture.py', import.meta.url), 'utf8');
  const bands = source.slice(source.indexOf('SEEN'), source.indexOf('STRIPE'));
  for (const colour of [NODE_LIKELY, NODE_DOUBTFUL]) expect(bands).toContain(`(${colour.join(', ')}, `);
  expect(bands).toContain('(95, ');
  expect(bands).toContain('(50, ');
  expect(bands).toContain('(5, ');
});
