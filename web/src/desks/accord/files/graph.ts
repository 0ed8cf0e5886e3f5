// Where each file stands in the picture of what waits for what. Steps go along the reading direction on a wide screen
// and down on a narrow one; within a step files stand near those that they wait for. Pure geometry, in pixels.

import type { FileView } from '../../../api/talk';

export interface Box {
  ref: string;
  x: number;
  y: number;
}

export interface Arrow {
  from: string;
  to: string;
  path: string;
  ring: boolean;
}

export interface Picture {
  boxes: Box[];
  arrows: Arrow[];
  width: number;
  height: number;
  boxWidth: number;
  boxHeight: number;
  down: boolean;
}

const BOX = 46;
const GAP = 14;
const BETWEEN = 48;
const LEAST = 118;
const MOST = 190;

/** The picture for a width; `rtl` mirrors it. */
export function layout(files: readonly FileView[], width: number, rtl: boolean): Picture {
  const steps = inOrder(files);
  const down = width < steps.length * (LEAST + BETWEEN) - BETWEEN;
  const boxWidth = down ? Math.min(MOST, Math.max(LEAST, perLine(width, steps).size)) : Math.min(MOST, (width + BETWEEN) / Math.max(1, steps.length) - BETWEEN);
  const boxes = down ? downwards(steps, width, boxWidth) : across(steps, boxWidth);
  const height = Math.max(0, ...boxes.map((box) => box.y)) + BOX + 2;
  if (rtl) for (const box of boxes) box.x = width - box.x - boxWidth;
  const place = new Map(boxes.map((box) => [box.ref, box]));
  const arrows: Arrow[] = [];
  for (const file of files) {
    const to = place.get(file.ref);
    for (const wait of file.waits_for) {
      const from = place.get(wait.ref);
      if (!from || !to || from === to) continue;
      arrows.push({ from: wait.ref, to: file.ref, ring: wait.ring, path: down ? bendDown(from, to, boxWidth) : bend(from, to, boxWidth, rtl) });
    }
  }
  return { boxes, arrows, width, height, boxWidth, boxHeight: BOX, down };
}

/** The files of each step, each near the middle of what it waits for. */
function inOrder(files: readonly FileView[]): string[][] {
  const steps: string[][] = [];
  const row = new Map<string, number>();
  for (const step of [...new Set(files.map((file) => file.step))].sort((a, b) => a - b)) {
    const here = files.filter((file) => file.step === step);
    const middle = (file: FileView): number => {
      const rows = file.waits_for.map((wait) => row.get(wait.ref)).filter((one) => one !== undefined);
      return rows.length === 0 ? Number.MAX_SAFE_INTEGER : rows.reduce((sum, one) => sum + one, 0) / rows.length;
    };
    const sorted = here.map((file) => ({ ref: file.ref, at: middle(file) })).sort((a, b) => a.at - b.at || a.ref.localeCompare(b.ref));
    sorted.forEach(({ ref }, i) => row.set(ref, i));
    steps.push(sorted.map(({ ref }) => ref));
  }
  return steps;
}

function perLine(width: number, steps: readonly string[][]): { count: number; size: number } {
  const fits = Math.max(1, Math.floor((width + GAP) / (LEAST + GAP)));
  const count = Math.min(fits, Math.max(1, ...steps.map((step) => step.length)));
  return { count, size: (width + GAP) / count - GAP };
}

function downwards(steps: readonly string[][], width: number, boxWidth: number): Box[] {
  const { count } = perLine(width, steps);
  const boxes: Box[] = [];
  let y = 1;
  for (const step of steps) {
    step.forEach((ref, i) => boxes.push({ ref, x: (i % count) * (boxWidth + GAP), y: y + Math.floor(i / count) * (BOX + GAP) }));
    y += Math.ceil(step.length / count) * (BOX + GAP) + BETWEEN - GAP;
  }
  return boxes;
}

function across(steps: readonly string[][], boxWidth: number): Box[] {
  const tallest = Math.max(0, ...steps.map((step) => step.length));
  return steps.flatMap((step, column) => {
    const top = ((tallest - step.length) * (BOX + GAP)) / 2 + 1;
    return step.map((ref, i) => ({ ref, x: column * (boxWidth + BETWEEN), y: top + i * (BOX + GAP) }));
  });
}

/** From the far edge of what comes first to the near edge of what waits for it. */
function bend(from: Box, to: Box, boxWidth: number, rtl: boolean): string {
  const way = rtl ? -1 : 1;
  const x1 = rtl ? from.x : from.x + boxWidth;
  const x2 = (rtl ? to.x + boxWidth : to.x) - way * 4;
  const y1 = from.y + BOX / 2;
  const y2 = to.y + BOX / 2;
  if (from.x === to.x) {
    // two of a ring on one step: around their near side
    const side = x1 + way * 16;
    return `M${x1} ${y1}C${side} ${y1} ${side} ${y2} ${x1 + way * 3} ${y2}`;
  }
  const reach = Math.max(18, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + way * reach} ${y1} ${x2 - way * reach} ${y2} ${x2} ${y2}`;
}

function bendDown(from: Box, to: Box, boxWidth: number): string {
  const x1 = from.x + boxWidth / 2;
  const x2 = to.x + boxWidth / 2;
  if (from.y === to.y) return `M${x1} ${from.y + BOX}C${x1} ${from.y + BOX + 22} ${x2} ${from.y + BOX + 22} ${x2} ${from.y + BOX + 4}`;
  const y1 = from.y + BOX;
  const y2 = to.y - 4;
  const reach = Math.max(14, Math.abs(y2 - y1) / 2);
  return `M${x1} ${y1}C${x1} ${y1 + reach} ${x2} ${y2 - reach} ${x2} ${y2}`;
}
