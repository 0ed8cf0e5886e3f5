// The picture as GeoJSON for the map. Pure: objects, words and what is selected in, collections out.

import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { PartyInfo, PictureObject } from '../api/types';
import { drawnOf, kindView, titleOf } from '../desks/watch/kinds';
import { nameOf, type W } from '../desks/watch/kinds/kind';
import { circleAround } from '../format/grid';
import { byTime, known } from '../state/objects';
import { type Drawn, type LonLat, ROUGH } from './drawing';
import { partyColour } from './palette';

export interface Collections {
  areas: FeatureCollection;
  squares: FeatureCollection;
  circles: FeatureCollection;
  lines: FeatureCollection;
  points: FeatureCollection;
}

export interface Listed {
  ref: string;
  title: string;
  precision: Drawn['precision'];
}

/** So many symbols of one point are fanned out as a deck of cards; the rest lies beneath. */
const DECK = 6;
const STEP = 7;

/** What lies on top where symbols meet: what happened before what stands there. */
const RISE: Record<string, number> = { incident: 300, centre: 200, post: 100 };

const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry, properties });
const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

export function middle(path: LonLat[]): LonLat {
  const a = path[Math.floor((path.length - 1) / 2)] ?? [0, 0];
  const b = path[Math.ceil((path.length - 1) / 2)] ?? a;
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

export function centroid(ring: LonLat[]): LonLat {
  const open = ring.slice(0, -1);
  const sum = open.reduce(([x, y], [lon, lat]) => [x + lon, y + lat], [0, 0]);
  return [sum[0] / open.length, sum[1] / open.length];
}

/** A short name for the map: what it is called, or for an incident what kind it is. */
function shortName(object: PictureObject, w: W): string {
  const fields = known(object);
  if (object.kind === 'incident') return fields['category'] ? w.of(w.m.values.incidentCategory, fields['category']) : '';
  if (object.kind === 'log') return '';
  return nameOf(fields, w);
}

/** How a line is drawn follows its status; the course of a patrol and the way of a plan have none of those. */
function lineStatus(kind: string, status: unknown): unknown {
  return kind === 'patrol' || kind === 'activity' ? '' : (status ?? '');
}

export function collect(objects: readonly PictureObject[], parties: readonly PartyInfo[], w: W): Collections {
  const areas: Feature[] = [];
  const squares: Feature[] = [];
  const circles: Feature[] = [];
  const lines: Feature[] = [];
  const points: Feature[] = [];
  const decks = new Map<string, number>();

  for (const object of [...objects].sort(byTime)) {
    const view = kindView(object.kind);
    if (!view) continue;
    const drawn = drawnOf(object);
    if (drawn.precision === 'none') continue;
    const fields = known(object);
    const colour = partyColour(object.party, parties);
    const shared = { ref: object.ref, kind: object.kind, colour, onDark: partyColour(object.party, parties, true), label: shortName(object, w), status: lineStatus(object.kind, fields['status']) };
    for (const { ring, path } of [drawn, ...(drawn.more ?? [])]) {
      if (ring) {
        areas.push(feature({ type: 'Polygon', coordinates: [ring] }, { ...shared, purpose: fields['purpose'] ?? '' }));
        areas.push(feature({ type: 'Point', coordinates: centroid(ring) }, shared));
      }
      if (path) {
        lines.push(feature({ type: 'LineString', coordinates: path }, shared));
        lines.push(feature({ type: 'Point', coordinates: middle(path) }, shared));
      }
    }
    if (drawn.square) {
      squares.push(feature({ type: 'Polygon', coordinates: [drawn.square] }, { ...shared, precision: drawn.precision }));
    }
    if (!drawn.point) continue;
    const [lon, lat] = drawn.point;
    if (drawn.precision === 'exact' && drawn.accuracy > ROUGH) {
      circles.push(feature({ type: 'Polygon', coordinates: [circleAround(lat, lon, drawn.accuracy)] }, shared));
    }
    const spot = `${lon.toFixed(3)},${lat.toFixed(3)}`;
    const beneath = decks.get(spot) ?? 0;
    decks.set(spot, beneath + 1);
    const shift = Math.min(beneath, DECK) * STEP;
    points.push(
      feature(
        { type: 'Point', coordinates: drawn.point },
        {
          ...shared,
          label: beneath === 0 ? shared.label : '',
          image: `s:${view.symbol(fields)}|${colour}|${drawn.precision === 'coarse' ? 'coarse' : 'exact'}`,
          shift: [shift, -shift * 0.45],
          order: -beneath + (RISE[object.kind] ?? 0),
        },
      ),
    );
  }
  return {
    areas: collection(areas),
    squares: collection(squares),
    circles: collection(circles),
    lines: collection(lines),
    points: collection(points),
  };
}

/** What is drawn, in words: for screen readers and for tests. */
export function listed(objects: readonly PictureObject[], w: W): Listed[] {
  return objects
    .filter((object) => kindView(object.kind) && drawnOf(object).precision !== 'none')
    .map((object) => ({ ref: object.ref, title: titleOf(object, w), precision: drawnOf(object).precision }));
}
