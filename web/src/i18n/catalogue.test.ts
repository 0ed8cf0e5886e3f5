import { describe, expect, test } from 'vitest';
import { catalogue } from './catalogue';
import { arabicForm } from './plural';

type Tree = { [key: string]: Tree | string | ((...args: never[]) => string) };

function leaves(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === 'string') found.set(at, value);
    else if (typeof value === 'function') {
      const call = value as unknown as (...args: unknown[]) => string;
      const first = /hourSize|entries|points/.test(key) ? 7 : 'x';
      found.set(at, call(first, 'y'));
    } else for (const [k, v] of leaves(value, at)) found.set(k, v);
  }
  return found;
}

const all = { en: leaves(catalogue.en), ar: leaves(catalogue.ar), ckb: leaves(catalogue.ckb) };

describe('messages', () => {
  test.each(['ar', 'ckb'] as const)('%s has every message that English has, and no other', (lang) => {
    expect([...all[lang].keys()].sort()).toEqual([...all.en.keys()].sort());
  });
  test.each(['en', 'ar', 'ckb'] as const)('none of %s is empty', (lang) => {
    expect([...all[lang]].filter(([, text]) => !text.trim())).toEqual([]);
  });
  test.each(['ar', 'ckb'] as const)('%s keeps every parameter of the English message', (lang) => {
    const lost = [...all.en].filter(([key, text]) => text.includes('y') && /\by\b/.test(text) && !/y/.test(all[lang].get(key) ?? ''));
    expect(lost.filter(([key]) => typeof at(catalogue.en, key) === 'function')).toEqual([]);
  });
  test('Arabic counts nouns in its six ways', () => {
    const forms = { zero: '0', one: '1', two: '2', few: 'few', many: 'many', other: 'other' };
    expect([0, 1, 2, 3, 10, 11, 99, 100, 103].map((n) => arabicForm(n, forms))).toEqual([
      '0', '1', '2', 'few', 'few', 'many', 'many', 'other', 'few',
    ]);
  });
});

function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], tree);
}
