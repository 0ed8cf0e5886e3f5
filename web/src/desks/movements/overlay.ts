// What the Movements desk lays over the map: plans with their width and standing, where each is at the moment shown, the
// closest approach of the collision in hand, positions that were given up.

import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Feature } from 'geojson';
import { LngLatBounds } from 'maplibre-gl';
import { fit } from '../../map/chart';
import { inOnePiece, type LonLat, together } from '../../map/drawing';
import { EMPTY, paletteOf } from '../../map/layers';
import type { ShapeKind } from './volumes';

export interface DrawnPlan {
  ref: string;
  colour: string;
  label: string;
  /** Whole, dashed or dotted: how it stands, told without colour. */
  tone: 'good' | 'warn' | 'bad' | 'plain';
  ring: LonLat[] | null;
  path: LonLat[] | null;
  widthM: number;
  /** It takes place at the moment shown. */
  now: boolean;
  chosen: boolean;
  at: LonLat | null;
}

export interface Meeting {
  at: LonLat;
  label: string;
}

export interface LeftPosition {
  ref: string;
  at: LonLat;
  label: string;
  alarming: boolean;
}

/** A place of the plan that is being written: for this desk alone. */
export interface Sketched {
  shape: ShapeKind;
  points: LonLat[];
  widthM: number;
  label: string;
  inHand: boolean;
}

export interface Laid {
  plans: readonly DrawnPlan[];
  meetings: readonly Meeting[];
  left: readonly LeftPosition[];
  sketch: readonly Sketched[];
  dark: boolean;
}

export interface Overlay {
  show: (laid: Laid) => void;
  at: (x: number, y: number) => string[];
  goTo: (points: readonly LonLat[]) => void;
}

const BELOW = 'points';
const TONES = ['good', 'warn', 'bad', 'plain'] as const;
const DASHES = { good: null, plain: null, warn: [3, 2], bad: [0.6, 1.4] } as const;
const CLICKABLE = ['plans-fill', 'plans-wide', 'plans-at', 'left'];
/** Metres of a pixel at zoom 0 on the equator, on tiles of 512 pixels. */
const METRES_AT_0 = 78271.517;

/** Pixels at zoom 0 of a width in metres, where a way begins. */
const wide = (metres: number, path: readonly LonLat[]): number => metres / (METRES_AT_0 * Math.cos(((path[0]?.[1] ?? 0) * Math.PI) / 180));

export function overlayOn(map: MapLibre): Overlay {
  for (const id of ['plans', 'meeting', 'left', 'sketch']) map.addSource(id, { type: 'geojson', data: EMPTY });
  const strength = ['case', ['get', 'chosen'], 0.34, ['get', 'now'], 0.24, 0.1];
  map.addLayer({ id: 'plans-fill', type: 'fill', source: 'plans', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': strength as never } }, BELOW);
  for (const source of ['plans', 'sketch']) {
    map.addLayer(
      {
        id: `${source}-wide`,
        type: 'line',
        source,
        filter: ['==', ['geometry-type'], 'LineString'],
        layout: { 'line-join': 'round', 'line-cap': 'round' },
        paint: { 'line-color': ['get', 'colour'], 'line-opacity': strength as never, 'line-width': ['interpolate', ['exponential', 2], ['zoom'], 0, ['get', 'px'], 22, ['*', ['get', 'px'], 4_194_304]] },
      },
      BELOW,
    );
  }
  map.addLayer({ id: 'sketch-fill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.16 } });
  map.addLayer({ id: 'sketch-line', type: 'line', source: 'sketch', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-width': ['case', ['get', 'chosen'], 3.2, 2], 'line-dasharray': [2, 1] } });
  map.addLayer({ id: 'sketch-labels', type: 'symbol', source: 'sketch', filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': ['get', 'image'], 'icon-anchor': 'bottom', 'icon-allow-overlap': true } });
  for (const tone of TONES) {
    const dash = DASHES[tone];
    map.addLayer(
      {
        id: `plans-line-${tone}`,
        type: 'line',
        source: 'plans',
        filter: ['all', ['!=', ['geometry-type'], 'Point'], ['==', ['get', 'tone'], tone]],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': ['get', 'colour'], 'line-width': ['case', ['get', 'chosen'], 4, ['get', 'now'], 2.8, 1.6], ...(dash ? { 'line-dasharray': [...dash] } : {}) },
      },
      BELOW,
    );
  }
  map.addLayer({ id: 'plans-at', type: 'circle', source: 'plans', filter: ['all', ['==', ['geometry-type'], 'Point'], ['get', 'moving']], paint: { 'circle-radius': 8, 'circle-color': ['get', 'colour'], 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 3 } });
  map.addLayer({ id: 'plans-labels', type: 'symbol', source: 'plans', filter: ['all', ['==', ['geometry-type'], 'Point'], ['!=', ['get', 'image'], '']], layout: { 'icon-image': ['get', 'image'], 'icon-anchor': 'bottom', 'icon-offset': [0, -12], 'icon-padding': 2 } });
  map.addLayer({ id: 'left', type: 'circle', source: 'left', paint: { 'circle-radius': 11, 'circle-color': ['case', ['get', 'alarming'], '#a3120a', '#ffffff'], 'circle-opacity': 0.9, 'circle-stroke-color': ['case', ['get', 'alarming'], '#ffffff', '#12201f'], 'circle-stroke-width': 3 } });
  map.addLayer({ id: 'left-cross', type: 'symbol', source: 'left', layout: { 'icon-image': ['get', 'image'], 'icon-anchor': 'bottom', 'icon-offset': [0, -16], 'icon-allow-overlap': true } });
  map.addLayer({ id: 'meeting-ring', type: 'circle', source: 'meeting', paint: { 'circle-radius': 15, 'circle-color': '#a3120a', 'circle-opacity': 0.18, 'circle-stroke-color': '#a3120a', 'circle-stroke-width': 3.5 } });
  map.addLayer({ id: 'meeting-dot', type: 'circle', source: 'meeting', paint: { 'circle-radius': 4, 'circle-color': '#a3120a', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.5 } });
  map.addLayer({ id: 'meeting-label', type: 'symbol', source: 'meeting', layout: { 'icon-image': ['get', 'image'], 'icon-anchor': 'top', 'icon-offset': [0, 20], 'icon-allow-overlap': true } });

  const put = (id: string, features: Feature[]): void => void map.getSource<GeoJSONSource>(id)?.setData({ type: 'FeatureCollection', features });
  const point = (coordinates: LonLat, properties: Record<string, unknown>): Feature => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates } });

  return {
    show: ({ plans, meetings, left, sketch, dark }) => {
      const label = (text: string, style = 'object'): string => (text ? `l:${style}:${dark ? 'dark' : 'light'}:${text}` : '');
      put(
        'plans',
        plans.flatMap((plan): Feature[] => {
          const middle = plan.ring?.[0] ?? plan.path?.[Math.floor((plan.path.length - 1) / 2)];
          const common = { ref: plan.ref, colour: plan.colour, tone: plan.tone, now: plan.now, chosen: plan.chosen };
          const shapes: Feature[] = [];
          const first = plan.ring?.[0];
          if (plan.ring && first) shapes.push({ type: 'Feature', properties: common, geometry: { type: 'Polygon', coordinates: [[...plan.ring, first]] } });
          if (plan.path) {
            shapes.push({ type: 'Feature', properties: { ...common, px: wide(plan.widthM, plan.path) }, geometry: { type: 'LineString', coordinates: plan.path } });
          }
          if (plan.at) shapes.push(point(plan.at, { ...common, moving: true, image: label(plan.label) }));
          else if (middle) shapes.push(point(middle, { ...common, moving: false, image: label(plan.label) }));
          return shapes;
        }),
      );
      put('meeting', meetings.map((one) => point(one.at, { image: label(one.label) })));
      put(
        'sketch',
        sketch.flatMap((one): Feature[] => {
          const points = inOnePiece(one.points);
          const first = points[0];
          if (!first) return [];
          const common = { colour: paletteOf(dark).draft, chosen: one.inHand, now: true };
          const area = one.shape === 'ring' && points.length > 2;
          if (points.length < 2) return [point(first, { image: label(one.label || '●') })];
          return [
            area
              ? { type: 'Feature', properties: common, geometry: { type: 'Polygon', coordinates: [[...points, first]] } }
              : { type: 'Feature', properties: { ...common, px: one.shape === 'ring' ? 0 : wide(one.widthM, points) }, geometry: { type: 'LineString', coordinates: points } },
            point(first, { image: label(one.label) }),
          ];
        }),
      );
      put('left', left.map((one) => point(one.at, { ref: one.ref, alarming: one.alarming, image: label(one.label) })));
    },
    at: (x, y) => {
      const found = map.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]], { layers: CLICKABLE });
      return [...new Set(found.map((one) => String(one.properties['ref'])))];
    },
    goTo: (points) => {
      const [first, ...rest] = together(points);
      if (!first) return;
      const bounds = rest.reduce((all, one) => all.extend(one), new LngLatBounds(first, first));
      fit(map, bounds, { padding: 70, maxZoom: 12, duration: 0 });
    },
  };
}
