import { expect, test } from 'vitest';
import { lay, readPiece, sheetOf } from './pixels';

const PICTURE = { width: 4, height: 3, bounds: [43, 35, 44, 36] };

/** What a node sends: length, JSON padded to four bytes, how many runs, their lengths, their states. */
function sent(said: object, runs: [number, number][]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(said));
  const padded = Math.ceil(text.length / 4) * 4;
  const bytes = new ArrayBuffer(8 + padded + 3 * runs.length);
  const view = new DataView(bytes);
  view.setUint32(0, padded, true);
  new Uint8Array(bytes, 4, padded).fill(32).set(text);
  view.setUint32(4 + padded, runs.length, true);
  runs.forEach(([length, state], i) => {
    view.setUint16(8 + padded + 2 * i, length, true);
    view.setUint8(8 + padded + 2 * runs.length + i, state);
  });
  return bytes;
}

test('a picture is read, and a part is laid over it where it belongs', () => {
  const whole = readPiece(sent({ held: 1, picture: { ...PICTURE, x: 0, y: 0, w: 4, h: 3 } }, [[5, 0], [7, 254]]));
  expect(whole.said).toMatchObject({ held: 1 });
  if (!whole.piece) throw new Error('no picture');
  const sheet = sheetOf(whole.piece);
  expect([...sheet.states]).toEqual([0, 0, 0, 0, 0, 254, 254, 254, 254, 254, 254, 254]);
  const { piece } = readPiece(sent({ picture: { ...PICTURE, x: 1, y: 1, w: 2, h: 2 } }, [[3, 1], [1, 2]]));
  expect(piece && lay(sheet, piece)).toBe(true);
  expect([...sheet.states]).toEqual([0, 0, 0, 0, 0, 1, 1, 254, 254, 1, 2, 254]);
  expect(sheet.fresh).toHaveLength(2);
});

test('a part of another picture is not laid, and where nothing changed there is none', () => {
  const whole = readPiece(sent({ picture: { ...PICTURE, x: 0, y: 0, w: 4, h: 3 } }, [[12, 0]])).piece;
  const other = readPiece(sent({ picture: { ...PICTURE, bounds: [43, 35, 44, 37], x: 0, y: 0, w: 1, h: 1 } }, [[1, 1]])).piece;
  if (!whole || !other) throw new Error('no picture');
  expect(lay(sheetOf(whole), other)).toBe(false);
  expect(readPiece(sent({ held: 2 }, [])).piece).toBeNull();
});
