// Pictures of ground as a node sends them: a length, JSON, then runs of pixels (src/tansiq/desk/gaps_draft.py). Pure.

import type { Piece, Sheet } from './gaps';

/** What is said, and the part of the picture that comes with it. */
export function readPiece(bytes: ArrayBuffer): { said: unknown; piece: Piece | null } {
  const view = new DataView(bytes);
  const length = view.getUint32(0, true);
  const said: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const picture = (said as { picture?: Piece['picture'] }).picture;
  if (!picture) return { said, piece: null };
  const count = view.getUint32(4 + length, true);
  const lengths = new Uint16Array(bytes, 8 + length, count);
  const values = new Uint8Array(bytes, 8 + length + 2 * count, count);
  const states = new Uint8Array(picture.w * picture.h);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = at + (lengths[i] ?? 0);
    states.fill(values[i] ?? 0, at, end);
    at = end;
  }
  return { said, piece: { picture, states } };
}

/** The whole picture that a piece is. */
export function sheetOf({ picture: { width, height, bounds, ...part }, states }: Piece): Sheet {
  return { width, height, bounds, states, fresh: [part] };
}

/** Lay a piece over a sheet; false where it belongs to another one. */
export function lay(sheet: Sheet, { picture: { width, height, bounds, ...part }, states }: Piece): boolean {
  if (width !== sheet.width || height !== sheet.height || bounds.some((edge, i) => edge !== sheet.bounds[i])) return false;
  for (let row = 0; row < part.h; row++) sheet.states.set(states.subarray(row * part.w, (row + 1) * part.w), (part.y + row) * width + part.x);
  sheet.fresh.push(part);
  return true;
}
