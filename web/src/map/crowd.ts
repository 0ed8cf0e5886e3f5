// Incidents that are too many to be drawn one by one: marks of many, single reports where they stand alone, squares
// that were told, from tiles that the node works out. A square is never a point: it is drawn as it is, or counted in a
// mark with a brown rim; a mark of nothing but squares is hollow.

import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, LayerSpecification, Map as MapLibre, VectorTileSource } from 'maplibre-gl';
import type { Lang } from '../api/types';
import { type Digits, inDigits } from '../format/digits';
import { ROUGH } from './drawing';
import { paletteOf } from './layers';

export interface CrowdLook {
  dark: boolean;
  lang: Lang;
  digits: Digits;
  /** The colour of each party. */
  colours: [string, string][];
}

/** What lies under a click: one report, or a mark with how many and where they are [west, south, east, north]. */
export interface Hit {
  ref: string | null;
  count: number;
  box: [number, number, number, number];
}

const SOURCE = 'crowd';
const DEEPEST = 15;
/** Beneath these of the picture lies the crowd. */
const BENEATH = 'chosen-ring';
/** Names of cities, which would cover the counts: beneath the crowd while there is one. */
const CITIES = 'places-1';
const CLICKED = ['crowd-labels', 'crowd-marks', 'crowd-single', 'crowd-tallies', 'crowd-squares'];
const THOUSAND: Record<Lang, string> = { en: 'k', ar: ' ألف', ckb: ' هەزار' };
/** Pixels by which a mark of thousands is wider, so that the word fits. */
const WIDER: Record<Lang, number> = { en: 0, ar: 4, ckb: 8 };

/** `1.2k` in the reader's language and digits. */
export function countText(text: string, lang: Lang, digits: Digits): string {
  const written = inDigits(text.replace('k', ''), digits).replace('.', digits === 'arab' ? '٫' : '.');
  return text.endsWith('k') ? `${written}${THOUSAND[lang]}` : written;
}

function crowdLayers({ dark, lang, digits, colours }: CrowdLook): LayerSpecification[] {
  const p = paletteOf(dark);
  const tone = dark ? 'dark' : 'light';
  const colour: ExpressionSpecification | string = colours.length ? (['match', ['get', 'party'], ...colours.flat(), '#41504d'] as unknown as ExpressionSpecification) : '#41504d';
  const hollow: ExpressionSpecification = ['==', ['get', 'coarse'], ['get', 'count']];
  const number = (style: string): ExpressionSpecification => ['concat', `n:${style}:${tone}:${digits}:${lang}:`, ['get', 'label']];
  const size: DataDrivenPropertyValueSpecification<number> = ['interpolate', ['linear'], ['log10', ['get', 'count']], 0.3, 11, 2, 15, 2.99, 20, 3, 20 + WIDER[lang], 5, 29 + WIDER[lang]];
  const inMiddle = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  return [
    { id: 'crowd-squares', type: 'fill', source: SOURCE, 'source-layer': 'squares', paint: { 'fill-pattern': `hatch:${tone}`, 'fill-opacity': 0.7 } },
    { id: 'crowd-squares-line', type: 'line', source: SOURCE, 'source-layer': 'squares', paint: { 'line-color': p.rough, 'line-width': 1.2, 'line-dasharray': [3, 2.4] } },
    {
      id: 'crowd-single',
      type: 'symbol',
      source: SOURCE,
      'source-layer': 'single',
      layout: {
        'icon-image': ['concat', 's:incident/', ['get', 'category'], '|', colour, ['case', ['>', ['get', 'accuracy'], ROUGH], '|coarse', '|exact']],
        'icon-size': 0.85,
        ...inMiddle,
      },
    },
    {
      id: 'crowd-marks',
      type: 'circle',
      source: SOURCE,
      'source-layer': 'marks',
      paint: {
        'circle-radius': size,
        'circle-color': ['case', hollow, p.halo, p.area],
        'circle-opacity': 0.92,
        'circle-stroke-color': ['case', ['>', ['get', 'coarse'], 0], p.rough, p.halo],
        'circle-stroke-width': ['case', ['>', ['get', 'coarse'], 0], 2.6, 1.6],
      },
    },
    { id: 'crowd-labels', type: 'symbol', source: SOURCE, 'source-layer': 'marks', layout: { 'icon-image': ['case', hollow, number('tally'), number('count')], ...inMiddle } },
    { id: 'crowd-tallies', type: 'symbol', source: SOURCE, 'source-layer': 'tallies', layout: { 'icon-image': number('tally'), ...inMiddle } },
  ];
}

/** The crowd on a map: shown from an address of tiles, or not at all. */
export function crowdOn(map: MapLibre): { show: (address: string | null, look: CrowdLook) => void; at: (x: number, y: number) => Hit | null } {
  let shown: string | null = null;
  let looked = '';
  let above: string | undefined;
  return {
    show: (address, look) => {
      const source = map.getSource<VectorTileSource>(SOURCE);
      if (address === null) {
        if (source) {
          take(map);
          map.moveLayer(CITIES, above);
        }
        shown = null;
        return;
      }
      if (!source) {
        map.addSource(SOURCE, { type: 'vector', tiles: [address], minzoom: 3, maxzoom: DEEPEST });
        for (const layer of crowdLayers(look)) map.addLayer(layer, BENEATH);
        const order = map.getLayersOrder();
        above = order[order.indexOf(CITIES) + 1];
        map.moveLayer(CITIES, 'crowd-squares');
        looked = JSON.stringify(look);
      } else {
        if (address !== shown) source.setTiles([address]);
        if (JSON.stringify(look) !== looked) relook(map, look);
        looked = JSON.stringify(look);
      }
      shown = address;
    },
    at: (x, y) => {
      if (!map.getSource(SOURCE)) return null;
      const [found] = map.queryRenderedFeatures([[x - 3, y - 3], [x + 3, y + 3]], { layers: CLICKED });
      if (!found) return null;
      const edge = (name: string): number => Number(found.properties[name] ?? 0);
      const ref: unknown = found.properties['ref'];
      return { ref: typeof ref === 'string' ? ref : null, count: Number(found.properties['count'] ?? 1), box: [edge('w'), edge('s'), edge('e'), edge('n')] };
    },
  };
}

function take(map: MapLibre): void {
  for (const id of [...CLICKED, 'crowd-squares-line']) map.removeLayer(id);
  map.removeSource(SOURCE);
}

function relook(map: MapLibre, look: CrowdLook): void {
  for (const layer of crowdLayers(look)) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name as never, value as never);
    for (const [name, value] of Object.entries(layer.layout ?? {})) map.setLayoutProperty(layer.id, name as never, value as never);
  }
}
