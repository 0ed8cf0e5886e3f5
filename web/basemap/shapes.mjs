/**
 * Plain geometry for the base map: clipping to a box, distances to a line, joining of lines, a point well inside.
 *
 * Everything is in degrees, WGS 84, [longitude, latitude]; distances are degrees on the plane, good enough for
 * placing labels and naming lines, never for measuring. No I/O.
 */

/** Sutherland-Hodgman: the part of a closed ring inside the box [west, south, east, north]; [] where none. */
export function clipRing(ring, [west, south, east, north]) {
  const edges = [
    [(p) => p[0] >= west, (a, b) => [west, a[1] + ((b[1] - a[1]) * (west - a[0])) / (b[0] - a[0])]],
    [(p) => p[0] <= east, (a, b) => [east, a[1] + ((b[1] - a[1]) * (east - a[0])) / (b[0] - a[0])]],
    [(p) => p[1] >= south, (a, b) => [a[0] + ((b[0] - a[0]) * (south - a[1])) / (b[1] - a[1]), south]],
    [(p) => p[1] <= north, (a, b) => [a[0] + ((b[0] - a[0]) * (north - a[1])) / (b[1] - a[1]), north]],
  ];
  let points = ring.slice(0, -1);
  for (const [inside, cross] of edges) {
    const kept = [];
    points.forEach((point, at) => {
      const before = points[(at + points.length - 1) % points.length];
      if (inside(point) !== inside(before)) kept.push(cross(before, point));
      if (inside(point)) kept.push(point);
    });
    points = kept;
    if (!points.length) return [];
  }
  return [...points, points[0]];
}

/** Liang-Barsky, segment by segment: the parts of a line inside the box. */
export function clipLine(line, [west, south, east, north]) {
  const parts = [];
  let part = [];
  for (let at = 1; at < line.length; at += 1) {
    const [x0, y0] = line[at - 1];
    const [x1, y1] = line[at];
    let [enter, leave] = [0, 1];
    let out = false;
    for (const [step, room] of [
      [x0 - x1, x0 - west],
      [x1 - x0, east - x0],
      [y0 - y1, y0 - south],
      [y1 - y0, north - y0],
    ]) {
      if (step === 0 && room < 0) out = true;
      else if (step < 0) enter = Math.max(enter, room / step);
      else if (step > 0) leave = Math.min(leave, room / step);
    }
    if (out || enter > leave) {
      if (part.length) parts.push(part);
      part = [];
      continue;
    }
    const on = (t) => [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t];
    if (!part.length || enter > 0) {
      if (part.length) parts.push(part);
      part = [on(enter)];
    }
    part.push(on(leave));
    if (leave < 1) {
      parts.push(part);
      part = [];
    }
  }
  if (part.length) parts.push(part);
  return parts.filter((piece) => piece.length > 1);
}

/** Distance of a point from a line, degrees. */
export function distance([x, y], line) {
  let best = Infinity;
  for (let at = 1; at < line.length; at += 1) {
    const [[ax, ay], [bx, by]] = [line[at - 1], line[at]];
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const along = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    best = Math.min(best, Math.hypot(x - ax - dx * along, y - ay - dy * along));
  }
  return best;
}

/** Lines that touch end to end made into longer ones; `gap` in degrees. */
export function join(lines, gap = 0.02) {
  const open = lines.map((line) => [...line]);
  const near = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) <= gap;
  for (let at = 0; at < open.length; ) {
    const line = open[at];
    const other = open.findIndex(
      (next, place) =>
        place > at && [next[0], next.at(-1)].some((end) => near(end, line[0]) || near(end, line.at(-1))),
    );
    if (other < 0) {
      at += 1;
      continue;
    }
    let [next] = open.splice(other, 1);
    if (near(next[0], line[0]) || near(next.at(-1), line.at(-1))) next = next.reverse();
    open[at] = near(line.at(-1), next[0]) ? [...line, ...next] : [...next, ...line];
  }
  return open;
}

/** Whether a point is inside the rings (even-odd). */
export function contains(rings, [x, y]) {
  let inside = false;
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at += 1) {
      const [[ax, ay], [bx, by]] = [ring[at - 1], ring[at]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

/** The point of a grid (0.25 degrees) furthest from every edge: where a label sits best. */
export function deepest(rings) {
  const xs = rings[0].map((p) => p[0]);
  const ys = rings[0].map((p) => p[1]);
  // A few hundred points of an edge are enough to keep a label away from it, and a hundred times quicker.
  const edges = rings.map((ring) => {
    const step = Math.max(1, Math.floor(ring.length / 400));
    return ring.filter((_, at) => at % step === 0 || at === ring.length - 1);
  });
  let best = { point: rings[0][0], room: -1 };
  for (let x = Math.ceil(Math.min(...xs) * 4) / 4; x <= Math.max(...xs); x += 0.25) {
    for (let y = Math.ceil(Math.min(...ys) * 4) / 4; y <= Math.max(...ys); y += 0.25) {
      if (!contains(rings, [x, y])) continue;
      const room = Math.min(...edges.map((edge) => distance([x, y], edge)));
      if (room > best.room) best = { point: [x, y], room };
    }
  }
  return best;
}
