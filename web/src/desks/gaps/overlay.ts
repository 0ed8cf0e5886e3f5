// What the Gaps desk lays over the map: the image of an hour, outlines of gaps, handles of posts, proposed sites.

import { type GeoJSONSource, type ImageSource, LngLatBounds, type Map as MapLibre, Marker } from 'maplibre-gl';
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { Gap, Part, Sheet } from '../../api/gaps';
import { type LonLat, roundAbout } from '../../map/drawing';
import { EMPTY } from '../../map/layers';
import { OPEN, OPEN_ON_DARK } from './cover';
import { type Inks, painted } from './paint';

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
  /** Thought of only. */
  added: boolean;
}

export interface Overlay {
  picture: (sheet: Sheet | null, inks: Inks) => void;
  /** Without outlines while a draft is followed: they come with the whole answer. */
  gaps: (open: readonly Gap[] | null, chosen: string | null, dark: boolean) => void;
  handles: (handles: readonly Handle[]) => void;
  /** Where posts are stated, as dots where they are too many for a handle each. */
  dots: (stated: readonly Handle[]) => void;
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
  drawn: () => void;
}

/** Below lines and symbols, above the ground and the areas. */
const BELOW = 'squares-fill';
/** Of the view's width for one press of an arrow key on a handle; a tenth of it with Shift. */
const NUDGE_PX = 10;
/** With more posts only those at hand have a handle, the others a dot: each handle is laid out anew in every frame. */
const MOST_HANDLES = 40;
/** How many have a handle around the middle of the map, for the keyboard. */
const MIDDLE = 8;
const REACH_PX = 20;
const FLAG = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M8 20V4.500l9 4-9 4"/></svg>';

export function overlayOn(map: MapLibre, answers: Answers): Overlay {
  const markers = new Map<string, { marker: Marker; shown: Handle | null }>();
  const numbered: Marker[] = [];
  let dragging: string | null = null;
  let hovered: string | null = null;
  let all: readonly Handle[] = [];
  let middle = new Set<string>();
  let held: { sheet: Sheet; inks: Inks } | null = null;

  for (const id of ['gaps', 'whatif', 'rounds', 'clusters', 'dots']) map.addSource(id, { type: 'geojson', data: EMPTY });
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

  map.addLayer({ id: 'dots', type: 'circle', source: 'dots', paint: { 'circle-color': ['get', 'colour'], 'circle-radius': 5, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.5 } });

  const onClick = (event: { point: { x: number; y: number } }): void => {
    const { x, y } = event.point;
    const post = all.length > MOST_HANDLES ? nearest(x, y, 1)[0] : undefined;
    if (post && far(post, x, y) < REACH_PX) return answers.choose(post.ref);
    const [found] = map.queryRenderedFeatures([x, y], { layers: ['gaps-fill'] });
    const id: unknown = found?.properties['id'];
    if (typeof id === 'string') answers.gap(id);
  };
  map.on('click', onClick);
  map.on('mousemove', onHover);
  map.on('moveend', onMoved);

  const source = (id: string): GeoJSONSource | undefined => map.getSource<GeoJSONSource>(id);
  const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

  function far(handle: Handle, x: number, y: number): number {
    const at = map.project(handle.to);
    return Math.hypot(at.x - x, at.y - y);
  }

  function nearest(x: number, y: number, many: number): Handle[] {
    const found = all.map((handle) => ({ handle, far: far(handle, x, y) }));
    return found
      .sort((one, other) => one.far - other.far)
      .slice(0, many)
      .map(({ handle }) => handle);
  }

  function onHover(event: { point: { x: number; y: number } }): void {
    if (dragging || all.length <= MOST_HANDLES) return;
    const { x, y } = event.point;
    const [found] = nearest(x, y, 1);
    const ref = found && far(found, x, y) < REACH_PX ? found.ref : null;
    if (ref === hovered) return;
    hovered = ref;
    lay();
  }

  function onMoved(): void {
    if (dragging || all.length <= MOST_HANDLES) return;
    const { clientWidth, clientHeight } = map.getContainer();
    middle = new Set(nearest(clientWidth / 2, clientHeight / 2, MIDDLE).map(({ ref }) => ref));
    lay();
  }

  const atHand = (handle: Handle): boolean =>
    all.length <= MOST_HANDLES || handle.added || handle.chosen || handle.out || !same(handle.to, handle.at) || [dragging, hovered].includes(handle.ref) || middle.has(handle.ref);

  function lay(): void {
    const wanted = new Map(all.filter(atHand).map((handle) => [handle.ref, handle]));
    for (const [ref, { marker }] of markers) {
      // the focus would be lost with what holds it
      if (wanted.has(ref) || (marker.getElement() === document.activeElement && all.some((one) => one.ref === ref))) continue;
      marker.remove();
      markers.delete(ref);
    }
    let moved = false;
    for (const handle of wanted.values()) {
      if (markers.get(handle.ref)?.shown === handle) continue;
      const marker = markers.get(handle.ref)?.marker ?? handleOf(handle);
      markers.set(handle.ref, { marker, shown: handle });
      moved = true;
      if (dragging !== handle.ref) marker.setLngLat(handle.to);
      const element = marker.getElement();
      element.classList.add('handle');
      element.classList.toggle('out', handle.out);
      element.classList.toggle('chosen', handle.chosen);
      element.classList.toggle('added', handle.added);
      element.classList.toggle('away', !same(handle.to, handle.at));
      element.style.setProperty('--party', handle.colour);
      element.title = handle.name;
      element.setAttribute('aria-label', `${handle.name}. ${handle.hint}`);
    }
    if (moved && !dragging) ways();
  }

  /** From where a post is stated to where it is thought of; not of the one that is dragged: each would be a frame more. */
  function ways(): void {
    source('whatif')?.setData(
      collection(
        all
          .filter((handle) => handle.ref !== dragging && !same(handle.to, handle.at))
          .map((handle) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [handle.at, handle.to] } })),
      ),
    );
  }

  function handleOf(handle: Handle): Marker {
    const element = document.createElement('button');
    element.type = 'button';
    element.innerHTML = FLAG;
    element.dataset['testid'] = 'post-handle';
    element.dataset['ref'] = handle.ref;
    const marker = new Marker({ element, draggable: true }).setLngLat(handle.to).addTo(map);
    marker.on('dragstart', () => {
      dragging = handle.ref;
      ways();
    });
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
    markers.set(handle.ref, { marker, shown: null });
    return marker;
  }

  /** Only what changed is painted and handed to the graphics: a whole picture takes longer than the analysis does. */
  function patch(sheet: Sheet, inks: Inks): boolean {
    const texture = map.getSource<ImageSource>('cover')?.texture;
    if (!texture || held?.sheet !== sheet || held.inks !== inks) return false;
    for (const part of sheet.fresh.splice(0)) texture.update(imageOf(sheet, part, inks), null, part);
    map.triggerRepaint();
    return true;
  }

  return {
    picture: (sheet, inks) => {
      if (!sheet) {
        held = null;
        if (map.getLayer('cover')) map.setLayoutProperty('cover', 'visibility', 'none');
        return;
      }
      void map.once('render', answers.drawn);
      if (patch(sheet, inks)) return;
      held = { sheet, inks };
      sheet.fresh.splice(0);
      const [west, south, east, north] = sheet.bounds;
      const image = imageOf(sheet, { x: 0, y: 0, w: sheet.width, h: sheet.height }, inks);
      const coordinates: [LonLat, LonLat, LonLat, LonLat] = [[west, north], [east, north], [east, south], [west, south]];
      // without an address: the image itself is given, since nothing may be fetched but from the node
      if (!map.getSource('cover')) {
        map.addSource('cover', { type: 'image', coordinates } as never);
        map.addLayer({ id: 'cover', type: 'raster', source: 'cover', paint: { 'raster-opacity': 0.85, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' } }, 'gaps-fill');
      }
      map.getSource<ImageSource>('cover')?.updateImage({ image, coordinates });
      map.setLayoutProperty('cover', 'visibility', 'visible');
    },
    gaps: (open, chosen, dark) => {
      for (const id of ['gaps-fill', 'gaps-line']) map.setLayoutProperty(id, 'visibility', open ? 'visible' : 'none');
      if (!open) return;
      const colour = dark ? OPEN_ON_DARK : OPEN;
      source('gaps')?.setData(
        collection(
          open.flatMap((gap): Feature[] => (gap.polygon ? [{ type: 'Feature', geometry: gap.polygon, properties: { id: gap.id, chosen: gap.id === chosen, colour } }] : [])),
        ),
      );
    },
    handles: (handles) => {
      const many = all.length;
      all = handles;
      if (many !== all.length) onMoved();
      lay();
    },
    dots: (stated) => {
      const shown = stated.length > MOST_HANDLES ? stated : [];
      source('dots')?.setData(collection(shown.map(({ at, colour }) => ({ type: 'Feature', properties: { colour }, geometry: { type: 'Point', coordinates: at } }))));
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
      map.off('mousemove', onHover);
      map.off('moveend', onMoved);
      for (const marker of [...[...markers.values()].map((one) => one.marker), ...numbered]) marker.remove();
    },
  };
}

function boundsOf([first, ...rest]: readonly LonLat[]): LngLatBounds | null {
  if (!first) return null;
  return rest.reduce((all, point) => all.extend(point), new LngLatBounds(first, first));
}

/** About how many pixels of the image lie across the map at first: patterns keep their size from fine cells to coarse. */
const ACROSS = 420;

function imageOf(sheet: Sheet, part: Part, inks: Inks): ImageData {
  return new ImageData(painted(sheet, part, inks, Math.max(1, Math.round(sheet.width / ACROSS))), part.w, part.h);
}

const same = (one: LonLat, other: LonLat): boolean => one[0] === other[0] && one[1] === other[1];

function lonLat(marker: Marker): LonLat {
  const { lng, lat } = marker.getLngLat();
  return [lng, lat];
}
