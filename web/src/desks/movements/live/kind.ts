// A position report as every desk shows it; what was typed becomes a square of the grid before anything is shown.

import type { Cell, Place } from '../../../api/types';
import { positionsApi } from '../../../api/positions';
import { gridSquare, spacedMgrs } from '../../../format/grid';
import { type Drawn, isCell, UNDRAWN } from '../../../map/drawing';
import { live } from '../../../state/live.svelte';
import { known } from '../../../state/objects';
import { REPORT } from '../../../state/positions.svelte';
import { joined, type KindView, NO_LOCKS } from '../../watch/kinds/kind';
import PositionForm from './PositionForm.svelte';

export const GRIDS = [100, 1000, 10_000] as const;
export const VALID = [15, 30, 60, 120, 360] as const;

function drawSquare(square: unknown): Drawn {
  if (!isCell(square)) return UNDRAWN;
  const cell = square as Cell;
  const at: [number, number] = [cell.lon / 1e7, cell.lat / 1e7];
  return { ...UNDRAWN, precision: 'coarse', point: at, square: gridSquare(at[1], at[0], cell.size) };
}

export const positionReport: KindView = {
  kind: REPORT,
  icon: () => 'pin',
  title: (object, w) => {
    const square = known(object)['square'];
    return joined(w.m.values.kind.position_report, isCell(square) ? `\u2068\u200e${spacedMgrs((square as Cell).mgrs)}\u2069` : '');
  },
  text: () => null,
  draw: (object) => (known(object)['status'] === 'stopped' ? UNDRAWN : drawSquare(known(object)['square'])),
  symbol: () => 'log',
  form: PositionForm,
  beginning: (now) => ({ fields: { at: now, grid: 1000, valid_minutes: 30 }, ...NO_LOCKS }),
  missing: (fields, w) => (fields['place'] || fields['status'] === 'stopped' ? null : w.m.positions.needPlace),
  oneCircle: true,
  bare: true,
  prepare: async (request) => {
    const { fields } = request;
    const place = fields['place'] as Place | undefined;
    const stop = fields['status'] === 'stopped';
    const { fields: said, revises, about } = await positionsApi.prepared({
      circle: request.releases[0]?.circle ?? live.circleId ?? '',
      activity: request.about ?? '',
      stop,
      ...(place && !stop
        ? {
            lat: place.lat,
            lon: place.lon,
            accuracy_m: place.accuracy,
            at: Number(fields['at']),
            grid: Number(fields['grid']),
            valid_minutes: Number(fields['valid_minutes']),
          }
        : {}),
    });
    return { ...request, fields: said, revises, about };
  },
};
