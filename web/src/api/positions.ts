// The API of live positions: where elements show themselves, what happened at fences, saying where one's own is.

import { json } from './client';
import type { Cell, Column, Fields, Names } from './types';

export type LiveState = 'current' | 'stale' | 'stopped' | 'over';
export type LiveAlarm = 'outside' | 'before_start' | 'early' | 'late' | 'after_end' | 'plan_over';

export interface Fix {
  report: string;
  at: number;
  said: number;
  until: number;
  square: Cell;
  accuracy_m: number;
  stopped: boolean;
}

/** How far at least it is outside, and by how many minutes too early (below 0) or too late. */
export interface Departure {
  outside_m: number;
  when: 'before_start' | 'early' | 'late' | 'after_end' | null;
  minutes: number;
}

export interface Live {
  ref: string;
  party: string;
  fix: Fix;
  reports: number;
  state: LiveState;
  compared: boolean;
  departure: Departure | null;
  alarms: LiveAlarm[];
  since: number | null;
}

export interface Crossing {
  fence: string;
  activity: string;
  party: string;
  what: 'enters' | 'leaves' | 'dwells';
  at: number;
  square: Cell;
}

export interface FenceView {
  ref: string;
  names: Names;
  purpose: string;
  own: boolean;
}

export interface LiveView {
  at: number;
  circle: string;
  exercise: boolean;
  positions: Live[];
  crossings: Crossing[];
  fences: FenceView[];
  names: Record<string, Names>;
}

export interface PositionRequest {
  circle: string;
  activity: string;
  lat?: number;
  lon?: number;
  at?: number;
  accuracy_m?: number;
  grid?: number;
  valid_minutes?: number;
  stop?: boolean;
}

export const positionsApi = {
  view: (circle: string) => json<LiveView>('GET', `/movements/positions?circle=${encodeURIComponent(circle)}`),
  /** What would be said: a square of the grid in place of the point, which record it revises, which plan it is about. */
  prepared: (asked: PositionRequest) =>
    json<{ columns: Column[]; fields: Fields; revises: string | null; about: string | null }>('POST', '/movements/positions/preview', asked),
};
