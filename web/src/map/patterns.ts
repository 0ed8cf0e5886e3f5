// Patterns that tell states of ground apart without colour, each on a light wash of its colour.

import { canvas } from './canvas';
import type { Pattern } from '../desks/gaps/cover';

const SIZE = 12;

/** Strokes of a pattern in a square of 12: for the map and, as SVG, for its key. */
export const STROKES: Record<Pattern, string> = {
  crosses: 'M3.500 3.500l5 5M8.500 3.500l-5 5',
  rising: 'M-1 7 7-1M5 13 13 5',
  falling: 'M-1 5 7 13M5-1 13 7',
  level: 'M0 3.500h12M0 9.500h12',
  plain: '',
  hatch: 'M-1 3 3-1M-1 7 7-1M-1 11 11-1M3 13 13 3M7 13 13 7',
};

export function drawPattern(pattern: Pattern, colour: string, wash: number): ImageData {
  const { ink, take } = canvas(SIZE, SIZE);
  ink.globalAlpha = wash;
  ink.fillStyle = colour;
  ink.fillRect(0, 0, SIZE, SIZE);
  ink.globalAlpha = 0.95;
  ink.strokeStyle = colour;
  ink.lineWidth = pattern === 'hatch' ? 1 : 1.3;
  ink.stroke(new Path2D(STROKES[pattern]));
  return take();
}
