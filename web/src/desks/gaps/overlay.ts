// What the Gaps desk lays over the map: the image of an hour, outlines of gaps, handles of posts, proposed sites.

import { type GeoJSONSource, type ImageSource, LngLatBounds, type Map as MapLibre, Marker } from 'maplibre-gl';
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { ClassPicture, Gap } from '../../api/gaps';
import { type LonLat, roundAbout } from '../../map/drawing';
import { EMPTY } from '../../map/layers';
import { type Cover, OPEN, OPEN_ON_DARK } from './cover';
import { repaint, type Rgb } from './paint';

export interface Handle {
  ref: string;
  name: string;
  hint: string;
  colour: string;
  /** Where it is stated, and where it stands in the what-if. */
  at: LonLat;
  to: LonLat;
  out: boolean;
  chosen: boolean;
}

export interface Overlay {
  picture: (picture: ClassPicture | null, legend: readonly [Rgb, Cover][]) => void;
  gaps: (open: readonly Gap[], chosen: string | null, dark: boolean) => void;
  handles: (handles: readonly Handle[], added: readonly { at: LonLat; colour: string; name: string }[]) => void;
  sites: (sites: readonly { lon: number; lat: number }[], number: (n: number) => string) => void;
  clusters: (clusters: readonly { lon: number; lat: number; radius_m: number }[], dark: boolean) => void;
  /** Patrols: those that are proposed, and those that a draft holds. */
  rounds: (proposed: readonly LonLat[][], drafted: readonly LonLat[][]) => void;
  goTo: (polygon: Polygon | MultiPolygon) => void;
  fit: (ring: readonly LonLat[]) => void;
  remove: () => void;
}

interface Answers {
  gap: (id: string) => void;
  drag: (ref: string, to: LonLat) => void;
  choose: (ref: string) => void;
}

/** Below lines and symbols, above the ground and the areas. */
const BELOW = 'squares-fill';
/** Of the view's width for one press of an arrow key on a handle; a tenth of it with Shift. */
const NUDGE_PX = 10;
const FLAG = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M8 20V4.500l9 4-9 4"/></svg>';

export function overlayOn(map: MapLibre, answers: Answers): Overlay {
  const markers = new Map<string, Marker>();
  const extra: Marker[] = [];
  const numbered: Marker[] = [];
  let dragging: string | null = null;

  for (const id of ['gaps', 'whatif', 'rounds', 'clusters']) map.addSource(id, { type: 'geojson', data: EMPTY });
  // the image shows what is open; the fill is there to be clicked
  map.addLayer({ id: 'gaps-fill', type: 'fill', source: 'gaps', paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['case', ['get', 'chosen'], 0.25, 0] } }, BELOW);
  map.addLayer(
    { id: 'gaps-line', type: 'line', source: 'gaps', paint: { 'line-color': ['get', 'colour'], 'line-width': ['case', ['get', 'chosen'], 4, 1.6] } },
    BELOW,
  );
  map.addLayer({ id: 'whatif-line', type: 'line', source: 'whatif', paint: { 'line-color': '#8a1f8f', 'line-width': 2, 'line-dasharray': [2, 1.5] } }, BELOW);
  map.addLayer({ id: 'rounds-edge', type: 'line', source: 'rounds', paint: { 'line-color': '#12201f', 'line-width': 6 }, layout: { 'line-join': 'round' } }, BELOW);
  map.addLayer({ id: 'rounds-line', type: 'line', source: 'rounds', paint: { 'line-color': ['case', ['get', 'drafted'], '#e9b6ec', '#ffc93c'], 'line-width': 3, 'line-dasharray': [3, 1] } }, BELOW);

  map.addLayer({ id: 'clusters-line', type: 'line', source: 'clusters', paint: { 'line-color': ['get', 'colour'], 'line-width': 3, 'line-dasharray': [3, 1.5] } }, BELOW);

  const onClick = (event: { point: { x: number; y: number } }): void => {
    const { x, y } = event.point;
    const [found] = map.queryRenderedFeatures([x, y], { layers: ['gaps-fill'] });
    const id: unknown = found?.properties['id'];
    if (typeof id === 'string') answers.gap(id);
  };
  map.on('click', onClick);

  const source = (id: string): GeoJSONSource | undefined => map.getSource<GeoJSONSource>(id);
  const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

  function handleOf(handle: Handle): Marker {
    const element = document.createElement('button');
    element.type = 'button';
    element.innerHTML = FLAG;
    element.dataset['testid'] = 'post-handle';
    element.dataset['ref'] = handle.ref;
    const marker = new Marker({ element, draggable: true }).setLngLat(handle.to).addTo(map);
    marker.on('dragstart', () => (dragging = handle.ref));
    marker.on('drag', () => answers.drag(handle.ref, lonLat(marker)));
    marker.on('dragend', () => {
      dragging = null;
      answers.drag(handle.ref, lonLat(marker));
      answers.choose(handle.ref);
    });
    element.addEventListener('click', (event) => {
      event.stopPropagation();
      answers.choose(handle.ref);
    });
    element.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const size = event.shiftKey ? NUDGE_PX / 10 : NUDGE_PX;
      const at = map.project(marker.getLngLat());
      const next = map.unproject([at.x + (step[0] ?? 0) * size, at.y + (step[1] ?? 0) * size]);
      marker.setLngLat(next);
      answers.drag(handle.ref, [next.lng, next.lat]);
    });
    markers.set(handle.ref, marker);
    return marker;
  }

  return {
    picture: (picture, legend) => {
      const held = map.getSource<ImageSource>('cover');
      if (!picture) {
        if (map.getLayer('cover')) map.setLayoutProperty('cover', 'visibility', 'none');
        return;
      }
      const [west, south, east, north] = picture.bounds;
      const image = painted(picture.image, legend);
      const coordinates: [LonLat, LonLat, LonLat, LonLat] = [[west, north], [east, north], [east, south], [west, south]];
      if (held) {
        held.updateImage({ image, coordinates });
        map.setLayoutProperty('cover', 'visibility', 'visible');
        return;
      }
      // without an address: the image itself is given, since nothing may be fetched but from the node
      map.addSource('cover', { type: 'image', coordinates } as never);
      map.getSource<ImageSource>('cover')?.updateImage({ image, coordinates });
      map.addLayer({ id: 'cover', type: 'raster', source: 'cover', paint: { 'raster-opacity': 0.85, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, 'gaps-fill');
    },
    gaps: (open, chosen, dark) => {
      const colour = dark ? OPEN_ON_DARK : OPEN;
      source('gaps')?.setData(
        collection(
          open.map((gap) => ({
            type: 'Feature',
            geometry: gap.polygon,
            properties: { id: gap.id, chosen: gap.id === chosen, colour },
          })),
        ),
      );
    },
    handles: (handles, added) => {
      const wanted = new Set(handles.map((handle) => handle.ref));
      for (const [ref, marker] of markers) {
        if (wanted.has(ref)) continue;
        marker.remove();
        markers.delete(ref);
      }
      for (const handle of handles) {
        const marker = markers.get(handle.ref) ?? handleOf(handle);
        if (dragging !== handle.ref) marker.setLngLat(handle.to);
        const element = marker.getElement();
        element.classList.add('handle');
        element.classList.toggle('out', handle.out);
        element.classList.toggle('chosen', handle.chosen);
        element.classList.toggle('away', handle.to !== handle.at);
        element.style.setProperty('--party', handle.colour);
        element.title = handle.name;
        element.setAttribute('aria-label', `${handle.name}. ${handle.hint}`);
      }
      extra.splice(0).forEach((marker) => marker.remove());
      for (const { at, colour, name } of added) {
        const element = document.createElement('span');
        element.className = 'handle added';
        element.innerHTML = FLAG;
        element.title = name;
        element.style.setProperty('--party', colour);
        extra.push(new Marker({ element }).setLngLat(at).addTo(map));
      }
      source('whatif')?.setData(
        collection(
          handles
            .filter((handle) => handle.to !== handle.at)
            .map((handle) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [handle.at, handle.to] } })),
        ),
      );
    },
    sites: (sites, number) => {
      numbered.splice(0).forEach((marker) => marker.remove());
      sites.forEach(({ lon, lat }, i) => {
        const element = document.createElement('span');
        element.className = 'site';
        element.dataset['testid'] = 'site-mark';
        element.textContent = number(i + 1);
        numbered.push(new Marker({ element }).setLngLat([lon, lat]).addTo(map));
      });
    },
    clusters: (clusters, dark) => {
      source('clusters')?.setData(
        collection(
          clusters.map(({ lon, lat, radius_m }) => ({
            type: 'Feature',
            properties: { colour: dark ? '#e7a6ff' : '#6a1b9a' },
            geometry: { type: 'Polygon', coordinates: [roundAbout([lon, lat], radius_m)] },
          })),
        ),
      );
    },
    rounds: (proposed, drafted) => {
      const line = (path: LonLat[], isDraft: boolean): Feature => ({ type: 'Feature', properties: { drafted: isDraft }, geometry: { type: 'LineString', coordinates: path } });
      source('rounds')?.setData(collection([...drafted.map((path) => line(path, true)), ...proposed.map((path) => line(path, false))]));
    },
    fit: (ring) => {
      const bounds = boundsOf(ring);
      if (bounds) map.fitBounds(bounds, { padding: { top: 50, bottom: 60, left: 60, right: 60 }, maxZoom: 13, duration: 0 });
    },
    goTo: (polygon) => {
      const rings = polygon.type === 'Polygon' ? [polygon.coordinates] : polygon.coordinates;
      const bounds = boundsOf(rings.flatMap((ring) => ring[0] ?? []) as LonLat[]);
      if (!bounds) return;
      const seen = map.getBounds();
      if (seen.contains(bounds.getSouthWest()) && seen.contains(bounds.getNorthEast())) return;
      map.fitBounds(bounds, { padding: 70, maxZoom: 12, duration: 0 });
    },
    remove: () => {
      map.off('click', onClick);
      for (const marker of [...markers.values(), ...extra, ...numbered]) marker.remove();
    },
  };
}

function boundsOf([first, ...rest]: readonly LonLat[]): LngLatBounds | null {
  if (!first) return null;
  return rest.reduce((all, point) => all.extend(point), new LngLatBounds(first, first));
}

/** About how many pixels of the image lie across the map at first: patterns keep their size from fine cells to coarse. */
const ACROSS = 420;

function painted(image: ImageBitmap, legend: readonly [Rgb, Cover][]): HTMLCanvasElement {
  const sheet = document.createElement('canvas');
  sheet.width = image.width;
  sheet.height = image.height;
  const ink = sheet.getContext('2d', { willReadFrequently: true });
  if (!ink) return sheet;
  ink.drawImage(image, 0, 0);
  const data = ink.getImageData(0, 0, sheet.width, sheet.height);
  repaint(data.data, sheet.width, legend, Math.max(1, Math.round(sheet.width / ACROSS)));
  ink.putImageData(data, 0, 0);
  return sheet;
}

function lonLat(marker: Marker): LonLat {
  const { lng, lat } = marker.getLngLat();
  return [lng, lat];
}
