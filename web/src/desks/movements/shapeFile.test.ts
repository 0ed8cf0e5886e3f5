import { describe, expect, test } from 'vitest';
import { readShape } from './shapeFile';

describe('a shape out of a file', () => {
  test('GeoJSON: a polygon without the repetition of its first corner, a line as a way', () => {
    const polygon = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name: 'x' }, geometry: { type: 'Polygon', coordinates: [[[43, 35], [43.1, 35], [43, 35.1], [43, 35]]] } }] };
    expect(readShape('a.geojson', JSON.stringify(polygon))).toEqual({ shape: 'ring', points: [[43, 35], [43.1, 35], [43, 35.1]], times: null });
    expect(readShape('a.json', '{"type":"LineString","coordinates":[[43,35,200],[44,35]]}')?.shape).toBe('path');
  });
  test('GPX with times is a route, without them a corridor', () => {
    const gpx = '<gpx><trk><trkseg><trkpt lat="35" lon="43"><time>2020-10-09T10:00:00Z</time></trkpt><trkpt lon="43.1" lat="35"><time>2020-10-09T11:00:00Z</time></trkpt></trkseg></trk></gpx>';
    expect(readShape('a.gpx', gpx)).toEqual({ shape: 'route', points: [[43, 35], [43.1, 35]], times: [1602237600000, 1602241200000] });
    expect(readShape('a.gpx', gpx.replace(/<time>[^<]*<\/time>/g, ''))).toMatchObject({ shape: 'path', times: null });
  });
  test('a table: degrees, MGRS, with and without a head', () => {
    expect(readShape('a.csv', 'time,lat,lon\n2020-10-09T10:00Z,35,43\n2020-10-09T11:00Z,35.1,43')?.shape).toBe('route');
    expect(readShape('a.csv', '35.1,43.2\n35.2,43.3')?.points).toEqual([[43.2, 35.1], [43.3, 35.2]]);
    expect(readShape('a.csv', 'mgrs\n38S LE 71527 60046\n38S LE 74 61')?.points).toHaveLength(2);
  });
  test.each(['', 'hello\nworld', '{"type":"Point","coordinates":[43,35]}', '<gpx/>', '{', 'lat,lon\n95,43\n96,44'])('%j is none', (text) => {
    expect(readShape('a', text)).toBeNull();
  });
});
