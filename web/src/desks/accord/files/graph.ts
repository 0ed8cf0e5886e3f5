// Where each file stands in the picture of what waits for what. Steps go along the reading direction on a wide screen
// and down on a narrow one; within a step files stand near those that they wait for. An arrow over more than one step
// goes by the files between in a lane of its own, so that it is not taken for theirs. Pure geometry, in pixels.

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
  /** Where it goes between files, for whoever checks that it crosses none. */
  corners: readonly Point[];
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

type Point = readonly [x: number, y: number];

/** A file's box, or the lane in which the arrow between two files goes by those of a step. */
interface Cell {
  name: string;
  lane: boolean;
}

interface Edge {
  from: string;
  to: string;
  ring: boolean;
}

const BOX = 46;
const LANE = 10;
const GAP = 14;
const BETWEEN = 48;
const LEAST = 118;
const MOST = 190;
const GUTTER = 16;
const TIP = 4;
const SHORT = 8;

/** The picture for a width; `rtl` mirrors it. */
export function layout(files: readonly FileView[], width: number, rtl: boolean): Picture {
  const edges = edgesOf(files);
  const columns = inOrder(files, edges);
  const down = width < columns.length * (LEAST + BETWEEN) - BETWEEN;
  const picture = down ? downwards(columns, edges, width) : across(columns, edges, width);
  const height = Math.max(0, ...picture.boxes.map((box) => box.y)) + BOX + 2;
  const mirror = ([x, y]: Point): Point => (rtl ? [width - x, y] : [x, y]);
  const boxes = picture.boxes.map((box) => ({ ...box, x: rtl ? width - box.x - picture.boxWidth : box.x }));
  const arrows = picture.routes.map(({ edge, corners, along }) => {
    const turned = corners.map(mirror);
    return { ...edge, corners: turned, path: along ? alongPath(turned, rtl) : angular(turned) };
  });
  return { boxes, arrows, width, height: Math.max(height, ...picture.routes.flatMap(({ corners }) => corners.map(([, y]) => y + 2))), boxWidth: picture.boxWidth, boxHeight: BOX, down };
}

function edgesOf(files: readonly FileView[]): Edge[] {
  const here = new Set(files.map((file) => file.ref));
  return files.flatMap((file) => file.waits_for.filter((wait) => here.has(wait.ref) && wait.ref !== file.ref).map((wait) => ({ from: wait.ref, to: file.ref, ring: wait.ring })));
}

const laneName = (edge: Edge, column: number): string => `${edge.from} ${edge.to} ${column}`;

/** What stands in each step, each near the middle of what it follows. */
function inOrder(files: readonly FileView[], edges: readonly Edge[]): Cell[][] {
  const numbers = [...new Set(files.map((file) => file.step))].sort((a, b) => a - b);
  const column = new Map(files.map((file) => [file.ref, numbers.indexOf(file.step)]));
  const row = new Map<string, number>();
  return numbers.map((number, here) => {
    const cells = files.filter((file) => file.step === number).map((file) => ({ name: file.ref, lane: false, follows: edges.filter((edge) => edge.to === file.ref).map((edge) => lastOf(edge, here)) }));
    const lanes = edges
      .filter((edge) => at(edge.from) < here && here < at(edge.to))
      .map((edge) => ({ name: laneName(edge, here), lane: true, follows: [lastOf(edge, here)] }));
    const middle = (follows: readonly string[]): number => {
      const rows = follows.map((name) => row.get(name)).filter((one) => one !== undefined);
      return rows.length === 0 ? Number.MAX_SAFE_INTEGER : rows.reduce((sum, one) => sum + one, 0) / rows.length;
    };
    const sorted = [...cells, ...lanes].map((cell) => ({ ...cell, at: middle(cell.follows) })).sort((a, b) => a.at - b.at || a.name.localeCompare(b.name));
    sorted.forEach(({ name }, i) => row.set(name, i));
    return sorted.map(({ name, lane }) => ({ name, lane }));
  });

  function at(ref: string): number {
    return column.get(ref) ?? 0;
  }
  /** What an edge comes from in the step before `here`: its lane there, else the file itself. */
  function lastOf(edge: Edge, here: number): string {
    return at(edge.from) < here - 1 ? laneName(edge, here - 1) : edge.from;
  }
}

interface Laid {
  boxes: Box[];
  boxWidth: number;
  /** `along` are smooth along the reading direction, the others have square corners. */
  routes: { edge: Edge; corners: Point[]; along: boolean }[];
}

function across(columns: readonly Cell[][], edges: readonly Edge[], width: number): Laid {
  const boxWidth = Math.min(MOST, (width + BETWEEN) / Math.max(1, columns.length) - BETWEEN);
  const size = (cell: Cell): number => (cell.lane ? LANE : BOX);
  const heights = columns.map((cells) => cells.reduce((sum, cell) => sum + size(cell) + GAP, -GAP));
  const tallest = Math.max(0, ...heights);
  const place = new Map<string, { x: number; y: number; column: number }>();
  const boxes: Box[] = [];
  columns.forEach((cells, column) => {
    const x = column * (boxWidth + BETWEEN);
    let y = (tallest - (heights[column] ?? 0)) / 2 + 1;
    for (const cell of cells) {
      place.set(cell.name, { x, y: y + size(cell) / 2, column });
      if (!cell.lane) boxes.push({ ref: cell.name, x, y });
      y += size(cell) + GAP;
    }
  });
  const routes = edges.flatMap((edge) => {
    const from = place.get(edge.from);
    const to = place.get(edge.to);
    if (!from || !to) return [];
    if (from.column === to.column) {
      // two of a ring on one step: around their far side
      const side = from.x + boxWidth;
      return [{ edge, along: true, corners: [[side, from.y], [side + 3, to.y]] as Point[] }];
    }
    const corners: Point[] = [[from.x + boxWidth, from.y]];
    for (let column = from.column + 1; column < to.column; column += 1) {
      const lane = place.get(laneName(edge, column));
      if (lane) corners.push([lane.x, lane.y], [lane.x + boxWidth, lane.y]);
    }
    return [{ edge, along: true, corners: [...corners, [to.x - TIP, to.y] as Point] }];
  });
  return { boxes, boxWidth, routes };
}

function downwards(columns: readonly Cell[][], edges: readonly Edge[], width: number): Laid {
  const steps = columns.map((cells) => cells.filter((cell) => !cell.lane).map((cell) => cell.name));
  const plain = stacked(steps, width);
  const passesBy = (edge: Edge): boolean => {
    const from = plain.find((box) => box.ref === edge.from);
    const to = plain.find((box) => box.ref === edge.to);
    return from !== undefined && to !== undefined && plain.some((box) => from.y < box.y && box.y < to.y);
  };
  // where an arrow has to go by files, all leave it a gutter at the far side
  const long = edges.filter(passesBy);
  const room = width - (long.length > 0 ? GUTTER : 0);
  const boxes = stacked(steps, room);
  const boxWidth = widthOfBox(steps, room);
  const place = new Map(boxes.map((box) => [box.ref, box]));
  const routes = edges.flatMap((edge) => {
    const from = place.get(edge.from);
    const to = place.get(edge.to);
    if (!from || !to) return [];
    const [x1, x2] = [from.x + boxWidth / 2, to.x + boxWidth / 2];
    if (from.y === to.y) return [{ edge, along: false, corners: [[x1, from.y + BOX], [x1, from.y + BOX + SHORT], [x2, from.y + BOX + SHORT], [x2, from.y + BOX + TIP]] as Point[] }];
    const gutter = width - 5 - 3 * (long.indexOf(edge) % 3);
    const middle = [x1, from.y + BOX + SHORT, x2, to.y - TIP - 6] as const;
    const by: Point[] = long.includes(edge) ? [[middle[0], middle[1]], [gutter, middle[1]], [gutter, middle[3]], [middle[2], middle[3]]] : [[x1, to.y - BETWEEN / 2], [x2, to.y - BETWEEN / 2]];
    return [{ edge, along: false, corners: [[x1, from.y + BOX] as Point, ...by, [x2, to.y - TIP] as Point] }];
  });
  return { boxes, boxWidth, routes };
}

function perLine(width: number, steps: readonly string[][]): number {
  const fits = Math.max(1, Math.floor((width + GAP) / (LEAST + GAP)));
  return Math.min(fits, Math.max(1, ...steps.map((step) => step.length)));
}

const widthOfBox = (steps: readonly string[][], width: number): number => Math.min(MOST, (width + GAP) / perLine(width, steps) - GAP);

function stacked(steps: readonly string[][], width: number): Box[] {
  const count = perLine(width, steps);
  const boxWidth = widthOfBox(steps, width);
  const boxes: Box[] = [];
  let y = 1;
  for (const step of steps) {
    step.forEach((ref, i) => boxes.push({ ref, x: (i % count) * (boxWidth + GAP), y: y + Math.floor(i / count) * (BOX + GAP) }));
    y += Math.ceil(step.length / count) * (BOX + GAP) + BETWEEN - GAP;
  }
  return boxes;
}

/** Smooth from column to column, straight in the lanes. */
function alongPath(corners: readonly Point[], rtl: boolean): string {
  const way = rtl ? -1 : 1;
  return corners.reduce((path, [x, y], i) => {
    const before = corners[i - 1];
    if (!before) return `M${x} ${y}`;
    const [x1, y1] = before;
    if (y1 === y) return `${path}L${x} ${y}`;
    // on one step there is no way along: around the side
    const reach = Math.abs(x - x1) < SHORT ? 16 : Math.max(18, Math.abs(x - x1) / 2);
    return `${path}C${x1 + way * reach} ${y1} ${Math.abs(x - x1) < SHORT ? x1 + way * reach : x - way * reach} ${y} ${x} ${y}`;
  }, '');
}

const angular = (corners: readonly Point[]): string => corners.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
