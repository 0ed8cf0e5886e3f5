/** Run by `npm test` in this folder. */

import assert from "node:assert/strict";
import test from "node:test";
import { clipLine, clipRing, contains, deepest, distance, join } from "./shapes.mjs";

const BOX = [0, 0, 10, 10];

test("a ring that sticks out is cut at the box and stays closed", () => {
  const cut = clipRing([[5, 5], [15, 5], [15, 8], [5, 8], [5, 5]], BOX);
  assert.deepEqual(cut[0], cut.at(-1));
  assert.ok(cut.every(([x, y]) => x >= 0 && x <= 10 && y >= 0 && y <= 10));
  assert.ok(cut.some(([x]) => x === 10));
});

test("a ring outside the box is gone", () => {
  assert.deepEqual(clipRing([[20, 20], [21, 20], [21, 21], [20, 20]], BOX), []);
});

test("a line that leaves the box and comes back is two lines", () => {
  assert.deepEqual(clipLine([[5, 5], [15, 5], [15, 7], [5, 7]], BOX), [
    [[5, 5], [10, 5]],
    [[10, 7], [5, 7]],
  ]);
});

test("a line that only crosses the box keeps its middle", () => {
  assert.deepEqual(clipLine([[-5, 5], [15, 5]], BOX), [[[0, 5], [10, 5]]]);
});

test("lines that touch are joined whichever way they run", () => {
  const joined = join([[[0, 0], [1, 0]], [[2, 0], [1, 0]], [[5, 5], [6, 6]]]);
  assert.equal(joined.length, 2);
  assert.deepEqual([joined[0][0], joined[0].at(-1)].sort(), [[0, 0], [2, 0]]);
});

test("distance is to the line, not to its ends", () => {
  assert.equal(distance([5, 3], [[0, 0], [10, 0]]), 3);
});

test("a label sits inside, away from the edges", () => {
  const square = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]];
  const { point } = deepest(square);
  assert.ok(contains(square, point));
  assert.ok(distance(point, square[0]) > 4);
});
