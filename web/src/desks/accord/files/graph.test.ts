import { describe, expect, it } from 'vitest';
import type { FileView } from '../../../api/talk';
import { layout } from './graph';

function file(ref: string, step: number, ...waits: string[]): FileView {
  const waits_for = waits.map((one) => ({ ref: one, kind: 'negotiation_file', names: null, said_by: ['joc'], settled: false, ring: false, promised: null }));
  return {
    ref, party: 'joc', names: null, text: null, parties: [], cause: null, sides: [], silent: [], state: 'open',
    waits_for, waited_for_by: [], step, holds_up: 0, free: false, over: false,
  };
}

const files = [file('a', 0), file('b', 0), file('c', 1, 'a', 'b'), file('d', 2, 'c'), file('e', 2, 'd')];

describe('the picture of what waits for what', () => {
  for (const width of [320, 700, 1200]) {
    for (const rtl of [false, true]) {
      it(`keeps every box inside ${width} px, none on another${rtl ? ', mirrored' : ''}`, () => {
        const { boxes, boxWidth, boxHeight } = layout(files, width, rtl);
        expect(boxes).toHaveLength(files.length);
        for (const one of boxes) {
          expect(one.x).toBeGreaterThanOrEqual(-0.001);
          expect(one.x + boxWidth).toBeLessThanOrEqual(width + 0.001);
          for (const other of boxes) {
            if (one === other) continue;
            const apart = Math.abs(one.x - other.x) >= boxWidth || Math.abs(one.y - other.y) >= boxHeight;
            expect(apart).toBe(true);
          }
        }
      });
    }
  }

  it('leads along the reading direction where there is room, and down where there is none', () => {
    const at = (width: number, rtl: boolean) => new Map(layout(files, width, rtl).boxes.map((box) => [box.ref, box]));
    expect(at(1200, false).get('a')!.x).toBeLessThan(at(1200, false).get('c')!.x);
    expect(at(1200, true).get('a')!.x).toBeGreaterThan(at(1200, true).get('c')!.x);
    expect(at(320, true).get('a')!.y).toBeLessThan(at(320, true).get('c')!.y);
    expect(layout(files, 320, true).down).toBe(true);
  });

  for (const width of [320, 420, 700, 1200]) {
    for (const rtl of [false, true]) {
      it(`leads no arrow over a file that it does not belong to, ${width} px${rtl ? ', mirrored' : ''}`, () => {
        const far = [...files, file('f', 0), file('g', 3, 'f', 'a', 'd'), file('h', 3, 'b'), file('i', 4, 'g', 'c', 'b')];
        const { boxes, arrows, boxWidth, boxHeight } = layout(far, width, rtl);
        expect(arrows).toHaveLength(11);
        for (const arrow of arrows) {
          for (const box of boxes.filter((one) => one.ref !== arrow.from && one.ref !== arrow.to)) {
            for (const [i, [x2, y2]] of arrow.corners.entries()) {
              const [x1, y1] = arrow.corners[i - 1] ?? [x2, y2];
              // bends keep within the space between steps, so that only what is straight can cross a file
              if (x1 !== x2 && y1 !== y2) continue;
              const crosses = Math.max(x1, x2) > box.x && Math.min(x1, x2) < box.x + boxWidth && Math.max(y1, y2) > box.y && Math.min(y1, y2) < box.y + boxHeight;
              expect(crosses, `${arrow.from} → ${arrow.to} over ${box.ref}`).toBe(false);
            }
          }
        }
      });
    }
  }

  it('draws one arrow for every wait between files that are there', () => {
    expect(layout([...files, file('f', 0, 'gone')], 1200, false).arrows).toHaveLength(4);
    expect(layout([], 1200, false).boxes).toEqual([]);
  });
});
