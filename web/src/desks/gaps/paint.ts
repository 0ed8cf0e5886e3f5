// The node's picture of an hour in this desk's colours and patterns. A node paints each party in a colour of its list and
// leaves ground under one party without a pattern; here a party has the colour that it has on every desk, and every state a
// pattern, so that it can be read in black and white. Pure: pixels in, pixels out.

import type { Cover, Pattern } from './cover';

export type Rgb = readonly [number, number, number];

/** As in src/tansiq/gaps/picture.py; a test holds the two together. */
export const NODE_OPEN: Rgb = [200, 32, 48];
export const NODE_SEVERAL: Rgb = [38, 128, 88];
export const NODE_UNSURE: readonly Rgb[] = [
  [70, 70, 78],
  [150, 150, 158],
];
export const NODE_PARTIES: readonly Rgb[] = [
  [38, 98, 178],
  [206, 140, 24],
  [128, 72, 160],
  [32, 142, 160],
  [160, 96, 48],
  [96, 120, 40],
  [168, 60, 120],
];

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

/** For each node colour which cover of the key it is; `parties` in the order of the answer. */
export function legendOf(key: readonly Cover[], parties: readonly string[]): [Rgb, Cover][] {
  const of = (state: Cover['state'], party: string | null = null): Cover | undefined => key.find((one) => one.state === state && one.party === party);
  const pairs: [Rgb, Cover | undefined][] = [
    [NODE_OPEN, of('nobody')],
    [NODE_SEVERAL, of('both')],
    ...NODE_UNSURE.map((colour): [Rgb, Cover | undefined] => [colour, of('unknown')]),
    ...parties.map((party, i): [Rgb, Cover | undefined] => [NODE_PARTIES[i % NODE_PARTIES.length] ?? NODE_OPEN, of('only', party)]),
  ];
  return pairs.filter((pair): pair is [Rgb, Cover] => pair[1] !== undefined);
}

const WASH: Record<Cover['state'], number> = { nobody: 90, only: 70, both: 80, unknown: 70 };
const LINE = 220;

/** RGBA pixels repainted in place. Colours may be off by a little: what is transparent was multiplied on the way. */
export function repaint(pixels: Uint8ClampedArray, width: number, legend: readonly [Rgb, Cover][], scale: number): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const known = new Map<number, number>();
  const inks = legend.map(([, cover]) => {
    const [r, g, b] = rgb(cover.colour);
    return { wash: word(r, g, b, WASH[cover.state]), line: word(r, g, b, LINE), tile: tileOf(cover.pattern) };
  });
  const across = Uint8Array.from({ length: width }, (_, x) => Math.floor(x / scale) % PERIOD);
  for (let i = 0, x = 0, y = 0, row = 0; i < words.length; i++) {
    const was = words[i] ?? 0;
    let which = known.get(was);
    if (which === undefined) {
      which = nearest(was, legend);
      known.set(was, which);
    }
    const ink = inks[which];
    words[i] = ink === undefined ? 0 : ink.tile[row * PERIOD + (across[x] ?? 0)] ? ink.line : ink.wash;
    if (++x === width) {
      x = 0;
      row = Math.floor(++y / scale) % PERIOD;
    }
  }
}

function tileOf(pattern: Pattern): Uint8Array {
  return Uint8Array.from({ length: PERIOD * PERIOD }, (_, i) => Number(drawn(pattern, i % PERIOD, Math.floor(i / PERIOD))));
}

/** -1 where it is transparent: outside of the area, or nothing to say. */
function nearest(pixel: number, legend: readonly [Rgb, Cover][]): number {
  if (pixel >>> 24 < 20) return -1;
  const [r, g, b] = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
  let best = -1;
  let least = Infinity;
  legend.forEach(([colour], i) => {
    const far = (colour[0] - r) ** 2 + (colour[1] - g) ** 2 + (colour[2] - b) ** 2;
    if (far < least) [least, best] = [far, i];
  });
  return best;
}

// little endian, as every machine that runs a browser is
const word = (r: number, g: number, b: number, a: number): number => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

function rgb(colour: string): Rgb {
  const part = (at: number): number => parseInt(colour.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}
