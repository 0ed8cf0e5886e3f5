// The layers of the map, bottom to top, for a palette and a language. Line styles tell the status without colour:
// held is whole, claimed dashed, agreed double, disputed dotted.

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Lang } from '../api/types';
import { DARK, LIGHT, type Palette } from './palette';

export const EMPTY = { type: 'FeatureCollection' as const, features: [] };
export const BASE = ['countries', 'borders', 'lakes', 'rivers', 'places', 'country_labels'] as const;
export const PICTURE = ['areas', 'squares', 'circles', 'lines', 'points', 'draft'] as const;

const FALLBACK: Record<Lang, Lang[]> = { ar: ['ar', 'ckb', 'en'], ckb: ['ckb', 'ar', 'en'], en: ['en', 'ar', 'ckb'] };

export interface Look {
  dark: boolean;
  lang: Lang;
  selected: string;
  /** References that have just come in: ringed for a while. */
  fresh: string[];
}

export const paletteOf = (dark: boolean): Palette => (dark ? DARK : LIGHT);

function label(style: string, dark: boolean, text: ExpressionSpecification): ExpressionSpecification {
  return ['concat', `l:${style}:${dark ? 'dark' : 'light'}:`, text];
}

export function layers({ dark, lang, selected, fresh }: Look): LayerSpecification[] {
  const p = paletteOf(dark);
  const name: ExpressionSpecification = ['coalesce', ...FALLBACK[lang].map((l) => ['get', `names_${l}`] as ExpressionSpecification), ''] as ExpressionSpecification;
  const isPolygon: FilterSpecification = ['==', ['geometry-type'], 'Polygon'];
  const isPoint: FilterSpecification = ['all', ['==', ['geometry-type'], 'Point'], ['!=', ['get', 'label'], '']];
  const isLine = (status: string): FilterSpecification => ['all', ['==', ['geometry-type'], 'LineString'], ['==', ['get', 'status'], status]];
  const chosen = <T>(yes: T, no: T): ExpressionSpecification => ['case', ['==', ['get', 'ref'], selected], yes, no] as ExpressionSpecification;
  const lineColour: ExpressionSpecification = ['case', ['==', ['get', 'status'], 'agreed'], p.ink, ['get', dark ? 'onDark' : 'colour']];

  const town = (id: string, style: string, rank: number, minzoom: number): LayerSpecification => ({
    id: `places-${id}`,
    type: 'symbol',
    source: 'places',
    minzoom,
    filter: ['==', ['get', 'rank'], rank],
    layout: {
      'icon-image': label(style, dark, name),
      'icon-anchor': 'top',
      'icon-offset': [0, rank === 1 ? 7 : rank === 2 ? 6 : 3],
      'icon-padding': 3,
      'icon-allow-overlap': rank === 1,
    },
  });

  return [
    { id: 'ground', type: 'background', paint: { 'background-color': p.outside } },
    {
      id: 'land',
      type: 'fill',
      source: 'countries',
      paint: { 'fill-color': ['case', ['==', ['get', 'id'], 'IQ'], p.land, p.outside], 'fill-antialias': false },
    },
    { id: 'lakes', type: 'fill', source: 'lakes', paint: { 'fill-color': p.water, 'fill-opacity': 0.75 } },
    {
      id: 'rivers',
      type: 'line',
      source: 'rivers',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': p.water,
        'line-width': ['interpolate', ['linear'], ['zoom'], 5, ['match', ['get', 'rank'], 1, 1.3, 2, 0.7, 0.25], 10, ['match', ['get', 'rank'], 1, 4, 2, 2.4, 1.2]],
      },
    },
    {
      id: 'borders-halo',
      type: 'line',
      source: 'borders',
      filter: ['==', ['get', 'kind'], 'land'],
      paint: { 'line-color': p.borderHalo, 'line-width': 5 },
    },
    { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': p.border, 'line-width': 1.1, 'line-dasharray': [5, 2, 1, 2] } },
    {
      id: 'place-dots',
      type: 'circle',
      source: 'places',
      filter: ['<=', ['get', 'rank'], ['step', ['zoom'], 1, 5.7, 2, 7.3, 3, 8.6, 4, 10, 5]],
      paint: {
        'circle-radius': ['match', ['get', 'rank'], 1, 3.2, 2, 2.4, 1.8],
        'circle-color': p.halo,
        'circle-stroke-color': p.town,
        'circle-stroke-width': 1.3,
      },
    },
    {
      id: 'areas-fill',
      type: 'fill',
      source: 'areas',
      filter: isPolygon,
      paint: { 'fill-color': p.area, 'fill-opacity': chosen(0.26, 0.12) },
    },
    {
      id: 'areas-line',
      type: 'line',
      source: 'areas',
      filter: isPolygon,
      paint: { 'line-color': p.area, 'line-width': chosen(3, 1.5) },
    },
    {
      id: 'squares-fill',
      type: 'fill',
      source: 'squares',
      paint: { 'fill-pattern': dark ? 'hatch:dark' : 'hatch:light', 'fill-opacity': ['case', ['==', ['get', 'precision'], 'coarse'], 1, 0.35] },
    },
    {
      id: 'squares-line',
      type: 'line',
      source: 'squares',
      paint: {
        'line-color': p.rough,
        'line-width': chosen(2.8, 1.4),
        'line-dasharray': [3, 2.4],
        'line-opacity': ['case', ['==', ['get', 'precision'], 'coarse'], 1, 0.55],
      },
    },
    { id: 'circles-fill', type: 'fill', source: 'circles', paint: { 'fill-color': p.rough, 'fill-opacity': chosen(0.16, 0.05) } },
    {
      id: 'circles-line',
      type: 'line',
      source: 'circles',
      paint: { 'line-color': p.rough, 'line-width': chosen(2.4, 1.2), 'line-dasharray': [2.5, 2.2], 'line-opacity': chosen(1, 0.75) },
    },
    {
      id: 'lines-casing',
      type: 'line',
      source: 'lines',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': p.halo, 'line-width': chosen(11, 7), 'line-opacity': 0.85 },
    },
    ...(['held', 'claimed', 'agreed', 'disputed', ''] as const).map(
      (status): LayerSpecification => ({
        id: `lines-${status || 'unstated'}`,
        type: 'line',
        source: 'lines',
        filter: isLine(status),
        layout: { 'line-join': 'round', 'line-cap': status === 'disputed' ? 'round' : 'butt' },
        paint: {
          'line-color': lineColour,
          'line-width': status === 'agreed' ? chosen(2.6, 1.7) : chosen(4.6, 3),
          ...(status === 'agreed' ? { 'line-gap-width': 3 } : {}),
          ...(status === 'claimed' ? { 'line-dasharray': [4, 1.8] } : {}),
          ...(status === 'disputed' ? { 'line-dasharray': [0.1, 2] } : {}),
          ...(status === '' ? { 'line-opacity': 0.5 } : {}),
        },
      }),
    ),
    { ...town('5', 'village', 5, 10) },
    { ...town('4', 'town', 4, 8.6) },
    { ...town('3', 'town', 3, 7.3) },
    { ...town('2', 'town', 2, 5.7) },
    {
      id: 'country-labels',
      type: 'symbol',
      source: 'country_labels',
      maxzoom: 7.6,
      layout: { 'icon-image': label('country', dark, name), 'icon-padding': 6 },
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'points',
      filter: ['==', ['get', 'ref'], selected],
      paint: {
        'circle-radius': 24,
        'circle-color': p.area,
        'circle-opacity': 0.18,
        'circle-stroke-color': p.area,
        'circle-stroke-width': 2.5,
        'circle-translate': [0, 0],
      },
    },
    {
      id: 'fresh-ring',
      type: 'circle',
      source: 'points',
      filter: ['in', ['get', 'ref'], ['literal', fresh]],
      paint: { 'circle-radius': 19, 'circle-color': '#ffc93c', 'circle-opacity': 0.45, 'circle-stroke-color': '#ffc93c', 'circle-stroke-width': 3 },
    },
    {
      id: 'points',
      type: 'symbol',
      source: 'points',
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'icon-offset': ['get', 'shift'],
        'symbol-sort-key': ['case', ['==', ['get', 'ref'], selected], 1000, ['get', 'order']],
        'symbol-z-order': 'auto',
        // From afar posts step back: what happened and where the centres are comes first.
        'icon-size': ['interpolate', ['linear'], ['zoom'], 5.5, ['match', ['get', 'kind'], 'post', 0.42, 0.75], 7.5, ['match', ['get', 'kind'], 'post', 0.7, 0.95], 9, 1],
      },
    },
    { ...town('1', 'city', 1, 4.5) },
    ...(['areas', 'lines'] as const).map(
      (source): LayerSpecification => ({
        id: `${source}-labels`,
        type: 'symbol',
        source,
        minzoom: 6.8,
        filter: isPoint,
        layout: { 'icon-image': label(source === 'areas' ? 'area' : 'object', dark, ['get', 'label']), 'icon-padding': 4 },
      }),
    ),
    {
      id: 'point-labels',
      type: 'symbol',
      source: 'points',
      minzoom: 8,
      filter: ['!=', ['get', 'label'], ''],
      layout: { 'icon-image': label('object', dark, ['get', 'label']), 'icon-anchor': 'bottom', 'icon-offset': [0, -16] },
    },
    {
      id: 'draft-fill',
      type: 'fill',
      source: 'draft',
      filter: isPolygon,
      paint: { 'fill-color': p.draft, 'fill-opacity': 0.15 },
    },
    {
      id: 'draft-line',
      type: 'line',
      source: 'draft',
      paint: { 'line-color': p.draft, 'line-width': 2.5, 'line-dasharray': [2, 1] },
    },
    {
      id: 'draft-points',
      type: 'circle',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 6, 'circle-color': p.halo, 'circle-stroke-color': p.draft, 'circle-stroke-width': 3 },
    },
  ];
}

export function emptyStyle(look: Look): StyleSpecification {
  const source = { type: 'geojson' as const, data: EMPTY };
  return {
    version: 8,
    sources: Object.fromEntries([...BASE, ...PICTURE].map((id) => [id, { ...source }])),
    layers: layers(look),
    transition: { duration: 0, delay: 0 },
  };
}
