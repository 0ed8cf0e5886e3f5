// The map itself, kept apart from the component: one MapLibre map, the base from this node, the images drawn on
// demand, and three verbs: show the picture, look so, go there.

import { type FitBoundsOptions, type GeoJSONSource, LngLatBounds, Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import { hatch } from './canvas';
import { DENSITY } from './canvas';
import { drawLabel, type LabelStyle, loadLabelFonts } from './labels';
import type { Collections } from './features';
import type { Lang } from '../api/types';
import type { Digits } from '../format/digits';
import { countText } from './crowd';
import { type LonLat, together } from './drawing';
import { keepPace } from './pace';
import { BASE, emptyStyle, EMPTY, layers, type Look, paletteOf } from './layers';
import { drawSymbol } from './symbols';

setWorkerUrl(workerUrl);

/** Where the view rests when nothing is drawn: the ground between Sinjar and Khanaqin. */
const HOME: [LonLat, LonLat] = [
  [41.4, 33.6],
  [46, 37.2],
];
/** The ground of the base map: the view stays on it, unless something lies beyond. */
const GROUND: [LonLat, LonLat] = [
  [35, 27],
  [51, 41],
];
const CLICKABLE = ['points', 'point-labels', 'lines-casing', 'areas-fill', 'squares-fill', 'circles-fill'];

export interface Chart {
  map: MapLibre;
  show: (picture: Collections) => void;
  draft: (shape: FeatureCollection) => void;
  look: (look: Look) => void;
  go: (points: LonLat[], close: boolean) => void;
  home: (points: LonLat[]) => void;
  /** What is drawn there: symbols where there are any, or only those. */
  at: (x: number, y: number, symbolsOnly?: boolean) => string[];
  remove: () => void;
}

export async function openChart(container: HTMLElement, first: Look, canvasName: string): Promise<Chart> {
  await loadLabelFonts();
  let current = first;
  const map = new MapLibre({
    container,
    style: emptyStyle(first),
    bounds: HOME,
    minZoom: 4.5,
    maxZoom: 15,
    maxBounds: GROUND,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    locale: { 'Map.Title': canvasName },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  keepPace(map);
  map.setMissingStyleImageResolver(async (id) => {
    const image = drawImage(id);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: DENSITY });
  });
  await new Promise<void>((resolve) => map.once('load', () => resolve()));
  await Promise.all(BASE.map((name) => base(map, name)));

  const source = (id: string): GeoJSONSource | undefined => map.getSource<GeoJSONSource>(id);
  return {
    map,
    show: (picture) => {
      for (const [id, data] of Object.entries(picture) as [string, FeatureCollection][]) source(id)?.setData(data);
    },
    draft: (shape) => source('draft')?.setData(shape),
    look: (look) => {
      if (JSON.stringify(look) === JSON.stringify(current)) return;
      current = look;
      relook(map, look);
    },
    go: (points, close) => {
      const bounds = boundsOf(points);
      if (!bounds) return;
      const seen = map.getBounds();
      const inside = seen.contains(bounds.getSouthWest()) && seen.contains(bounds.getNorthEast());
      if (inside && !close) return;
      fit(map, bounds, { padding: 90, maxZoom: close ? 10 : Math.max(8, map.getZoom()), duration: calm() ? 0 : 500 });
    },
    home: (points) => {
      const bounds = boundsOf(points) ?? new LngLatBounds(HOME);
      fit(map, bounds, { padding: { top: 50, bottom: 40, left: 60, right: 60 }, maxZoom: 9, duration: 0 });
    },
    at: (x, y, symbolsOnly = false) => {
      const found = map.queryRenderedFeatures([[x - 3, y - 3], [x + 3, y + 3]], { layers: CLICKABLE });
      const refs = found.map((f) => String(f.properties['ref']));
      const symbols = found.filter((f) => f.layer.id.startsWith('point')).map((f) => String(f.properties['ref']));
      return [...new Set(symbolsOnly || symbols.length > 0 ? symbols : refs)];
    },
    remove: () => map.remove(),
  };
}

const calm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Goes to where something is. What lies beyond the ground of the base map is shown on plain ground. */
export function fit(map: MapLibre, bounds: LngLatBounds, options: FitBoundsOptions): void {
  const ground = new LngLatBounds(GROUND);
  const inside = ground.contains(bounds.getSouthWest()) && ground.contains(bounds.getNorthEast());
  map.setMaxBounds(inside ? GROUND : null);
  map.fitBounds(bounds, options);
}

function boundsOf(points: readonly LonLat[]): LngLatBounds | null {
  const [firstPoint, ...rest] = together(points);
  if (!firstPoint) return null;
  return rest.reduce((bounds, point) => bounds.extend(point), new LngLatBounds(firstPoint, firstPoint));
}

/** A part of the base map; where the node has none, the ground stays plain. */
async function base(map: MapLibre, name: string): Promise<void> {
  try {
    const answer = await fetch(`/base/${name}.geojson`);
    const data = answer.ok ? ((await answer.json()) as FeatureCollection) : EMPTY;
    map.getSource<GeoJSONSource>(name)?.setData(data);
  } catch {
    // no base map on this node
  }
}

function relook(map: MapLibre, look: Look): void {
  for (const layer of layers(look)) {
    if ('filter' in layer && layer.filter) map.setFilter(layer.id, layer.filter);
    for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name as never, value as never);
    for (const [name, value] of Object.entries(layer.layout ?? {})) map.setLayoutProperty(layer.id, name as never, value as never);
  }
}

/** `l:town:light:کەرکووک` a name, `n:count:light:arab:ar:1.2k` how many, `s:incident/raid|#17766b|coarse` a symbol,
 * `hatch:dark` a pattern. */
function drawImage(id: string): ImageData | null {
  const label = /^l:(\w+):(dark|light):(.+)$/s.exec(id);
  if (label) return drawLabel(label[1] as LabelStyle, label[3] ?? '', paletteOf(label[2] === 'dark'));
  const count = /^n:(count|tally):(dark|light):(arab|latn):(ar|ckb|en):(.+)$/.exec(id);
  if (count) return drawLabel(count[1] as LabelStyle, countText(count[5] ?? '', count[4] as Lang, count[3] as Digits), paletteOf(count[2] === 'dark'));
  const symbol = /^s:([^|]+)\|(#\w+)\|(coarse|exact)$/.exec(id);
  if (symbol) return drawSymbol(symbol[1] ?? '', symbol[2] ?? '#000000', symbol[3] === 'coarse', paletteOf(false).rough);
  const pattern = /^hatch:(dark|light)$/.exec(id);
  return pattern ? hatch(paletteOf(pattern[1] === 'dark').rough) : null;
}
