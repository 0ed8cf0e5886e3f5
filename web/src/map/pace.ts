// Where a machine draws the map by its processor alone, it draws fewer points while the map moves, and all of them as
// soon as it rests: a map that stutters under the hand is worse than one that is soft for a moment.

import type { Map as MapLibre } from 'maplibre-gl';

/** A frame that takes longer is seen as a jerk (ms). */
const SLOW_MS = 30;
/** So many frames in a row are looked at. */
const FRAMES = 6;
/** As many points on a side while it moves, of each one at rest. */
const SHARE = 0.6;
/** So long after a move the map counts as resting (ms). */
const REST_MS = 160;
/** A tab that was in the background, no slow frame (ms). */
const AWAY_MS = 1000;

/** Whether frames that took so long (ms) are too slow; nothing is said of too few of them. */
export function tooSlow(frames: readonly number[]): boolean {
  if (frames.length < FRAMES) return false;
  const last = frames.slice(-FRAMES);
  return last.reduce((sum, one) => sum + one, 0) / FRAMES > SLOW_MS;
}

/** Keeps a map moving smoothly for as long as it lives. */
export function keepPace(map: MapLibre): void {
  let slow = false;
  let coarse = false;
  let changing = false;
  let frames: number[] = [];
  let before = 0;
  let timer = 0;

  const density = (share: number): void => {
    changing = true; // it tells of a move of its own
    map.setPixelRatio(window.devicePixelRatio * share);
    map.redraw();
    changing = false;
    coarse = share < 1;
  };
  const moved = (): void => {
    const now = performance.now();
    if (before && now - before < AWAY_MS) frames.push(now - before);
    before = now;
    slow ||= tooSlow(frames);
    if (slow && !coarse) density(SHARE);
  };
  map.on('movestart', () => {
    if (changing) return;
    window.clearTimeout(timer);
    frames = [];
    before = 0;
  });
  map.on('render', () => {
    if (map.isMoving() && !changing) moved();
  });
  map.on('moveend', () => {
    if (changing || !coarse) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => !map.isMoving() && density(1), REST_MS);
  });
  map.on('remove', () => window.clearTimeout(timer));
}
