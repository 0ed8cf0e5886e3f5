// Elements that show themselves on the map: the square that was told, never a point; stale ones are faded and dashed.

import type { Feature } from 'geojson';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { LonLat } from '../../../map/drawing';
import { EMPTY } from '../../../map/layers';

export interface DrawnLive {
  ref: string;
  square: LonLat[];
  at: LonLat;
  colour: string;
  label: string;
  current: boolean;
  alarming: boolean;
}

export interface LiveOverlay {
  show: (positions: readonly DrawnLive[], dark: boolean) => void;
  at: (x: number, y: number) => string[];
}

const CLICKABLE = ['live-fill', 'live-at'];

export function liveOverlayOn(map: MapLibre): LiveOverlay {
  map.addSource('live', { type: 'geojson', data: EMPTY });
  const colour = ['case', ['get', 'alarming'], '#a3120a', ['get', 'colour']] as never;
  const polygon = ['==', ['geometry-type'], 'Polygon'] as never;
  map.addLayer({ id: 'live-fill', type: 'fill', source: 'live', filter: polygon, paint: { 'fill-color': colour, 'fill-opacity': ['case', ['get', 'current'], 0.4, 0.12] } });
  map.addLayer({ id: 'live-line', type: 'line', source: 'live', filter: ['all', polygon, ['get', 'current']] as never, paint: { 'line-color': colour, 'line-width': 3 } });
  map.addLayer({ id: 'live-line-stale', type: 'line', source: 'live', filter: ['all', polygon, ['!', ['get', 'current']]] as never, paint: { 'line-color': colour, 'line-width': 2, 'line-dasharray': [2, 2] } });
  map.addLayer({ id: 'live-at', type: 'symbol', source: 'live', filter: ['==', ['geometry-type'], 'Point'], layout: { 'icon-image': ['get', 'image'], 'icon-anchor': 'bottom', 'icon-offset': [0, -14], 'icon-allow-overlap': true } });
  return {
    show: (positions, dark) => {
      const features = positions.flatMap((one): Feature[] => {
        const { square, at, label, ...properties } = one;
        return [
          { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [square] } },
          { type: 'Feature', properties: { ...properties, image: `l:object:${dark ? 'dark' : 'light'}:${label}` }, geometry: { type: 'Point', coordinates: at } },
        ];
      });
      void map.getSource<GeoJSONSource>('live')?.setData({ type: 'FeatureCollection', features });
    },
    at: (x, y) => {
      const found = map.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]], { layers: CLICKABLE });
      return [...new Set(found.map((one) => String(one.properties['ref'])))];
    },
  };
}
