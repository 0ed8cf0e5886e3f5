import { expect, test } from 'vitest';
import { decoded } from './encoding';

const WORD = 'مخمور';

test('a text in UTF-8 is read as it is, with or without its mark, and cut inside a letter', () => {
  const bytes = new TextEncoder().encode(WORD);
  expect(decoded(bytes)).toEqual({ text: WORD, guessed: false });
  expect(decoded(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes))).toEqual({ text: WORD, guessed: false });
  expect(decoded(bytes.slice(0, -1), true)).toEqual({ text: WORD.slice(0, -1), guessed: false });
});

test('a text in UTF-16 is known by its mark', () => {
  const units = Array.from(WORD, (sign) => sign.charCodeAt(0));
  expect(decoded(Uint8Array.of(0xff, 0xfe, ...units.flatMap((one) => [one & 255, one >> 8])))).toEqual({ text: WORD, guessed: false });
  expect(decoded(Uint8Array.of(0xfe, 0xff, ...units.flatMap((one) => [one >> 8, one & 255])))).toEqual({ text: WORD, guessed: false });
});

test('what is no UTF-8 is read as an old notepad wrote it, and says that this was guessed', () => {
  expect(decoded(Uint8Array.of(0xe3, 0xce, 0xe3, 0xe6, 0xd1))).toEqual({ text: WORD, guessed: true });
});
