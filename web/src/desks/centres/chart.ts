// A week of strength as shapes in a box: places are shares of the width and of the height. Pure.

import type { Span } from '../../api/centres';

export interface Box {
  start: number;
  end: number;
  /** The strength at the upper edge. */
  top: number;
  width: number;
  height: number;
  /** Time runs from the right to the left. */
  mirrored: boolean;
}

export const xOf = (box: Box, at: number): number => {
  const share = Math.min(1, Math.max(0, (at - box.start) / (box.end - box.start)));
  return round((box.mirrored ? 1 - share : share) * box.width);
};
export const yOf = (box: Box, strength: number): number => round(box.height * (1 - Math.min(strength, box.top) / box.top));

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A block from the ground up to the strength of each span. */
export function bars(box: Box, spans: readonly Span[]): Bar[] {
  return spans.filter((one) => one.to > box.start && one.from < box.end).map((one) => between(box, one.from, one.to, one.strength, 0));
}

/** A block between two strengths. */
export function between(box: Box, from: number, to: number, upper: number, lower: number): Bar {
  const [a, b] = [xOf(box, from), xOf(box, to)];
  const y = yOf(box, upper);
  return { x: Math.min(a, b), y, width: round(Math.abs(a - b)), height: round(yOf(box, lower) - y) };
}

/** The strength at the upper edge: a little above all that is shown, even. */
export function topOf(strengths: readonly number[]): number {
  const most = Math.max(1, ...strengths);
  return most + Math.max(1, Math.ceil(most / 5));
}

const round = (value: number): number => Math.round(value * 10) / 10;
