// The ground of an hour in this desk's colours and patterns: every state has a pattern, so that it can be read in black and
// white. Pure: states in, pixels out.

import type { Part, Sheet } from '../../api/gaps';
import type { Cover, Pattern } from './cover';

/** States of a pixel as a node sends them: 0 nobody, a sum of 2ⁿ for the parties n that cover it, and these two. */
export const OUTSIDE = 254;
export const UNSURE = 255;

const PERIOD = 8;

/** Whether a pixel of a pattern is drawn: lines of a width of one in a square of eight, counted in steps of `scale`. */
export function drawn(pattern: Pattern, x: number, y: number): boolean {
  const at = (n: number): number => ((n % PERIOD) + PERIOD) % PERIOD;
  switch (pattern) {
    case 'rising':
      return at(x + y) === 0;
    case 'falling':
      return at(x - y) === 0;
    case 'level':
      return at(y) === 0;
    case 'hatch':
      return at(x + y) % 4 < 2;
    case 'crosses': {
      const [u, v] = [at(x) - 3, at(y) - 3];
      return Math.abs(u) <= 2 && Math.abs(v) <= 2 && (u === v || u === -v);
    }
    case 'plain':
      return false;
  }
}

/** What a state is painted with: null for what is not painted. */
export type Inks = readonly (Ink | null)[];

interface Ink {
  wash: number;
  line: number;
  tile: Uint8Array;
}

/** The ink of each of the 256 states, by what each of them is shown as. */
export function inksBy(shownAs: (state: number) => Cover | null): Inks {
  const made = new Map<Cover, Ink>();
  return Array.from({ length: 256 }, (_, state) => {
    const cover = shownAs(state);
    if (!cover) return null;
    const ink = made.get(cover) ?? inkOf(cover);
    made.set(cover, ink);
    return ink;
  });
}

/** The inks of who covers ground; `parties` in the order of the answer. */
export function inksOf(key: readonly Cover[], parties: readonly string[]): Inks {
  const of = (state: Cover['state'], party: string | null = null): Cover | null => key.find((one) => one.state === state && one.party === party) ?? null;
  return inksBy((state) => {
    if (state === OUTSIDE) return null;
    if (state === UNSURE) return of('unknown');
    if (state === 0) return of('nobody');
    const place = Math.log2(state);
    return Number.isInteger(place) ? of('only', parties[place] ?? null) : of('both');
  });
}

const WASH: Record<Cover['state'], number> = { nobody: 90, only: 70, both: 80, unknown: 70 };
const LINE = 220;

function inkOf(cover: Cover): Ink {
  const [r, g, b] = rgb(cover.colour);
  return { wash: word(r, g, b, WASH[cover.state]), line: word(r, g, b, LINE), tile: tileOf(cover.pattern) };
}

/** The RGBA pixels of a part of a sheet; a step of a pattern takes `scale` pixels. */
export function painted(sheet: Sheet, part: Part, inks: Inks, scale: number): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(part.w * part.h);
  const across = Uint8Array.from({ length: part.w }, (_, x) => Math.floor((part.x + x) / scale) % PERIOD);
  let at = 0;
  for (let y = part.y; y < part.y + part.h; y++) {
    const row = (Math.floor(y / scale) % PERIOD) * PERIOD;
    let from = y * sheet.width + part.x;
    for (let x = 0; x < part.w; x++) {
      const ink = inks[sheet.states[from++] ?? OUTSIDE];
      if (ink) words[at] = ink.tile[row + (across[x] ?? 0)] ? ink.line : ink.wash;
      at++;
    }
  }
  return new Uint8ClampedArray(words.buffer);
}

function tileOf(pattern: Pattern): Uint8Array {
  return Uint8Array.from({ length: PERIOD * PERIOD }, (_, i) => Number(drawn(pattern, i % PERIOD, Math.floor(i / PERIOD))));
}

// little endian, as every machine that runs a browser is
const word = (r: number, g: number, b: number, a: number): number => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

function rgb(colour: string): [number, number, number] {
  const part = (at: number): number => parseInt(colour.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}
