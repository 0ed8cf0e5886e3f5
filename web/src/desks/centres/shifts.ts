// A week of duties as a table of days and shifts, and back. Pure. Hours by the reader's clock.

import { startOfDay } from '../../format/dates';

export const HOUR = 3_600_000;

export interface Duty {
  from: number;
  to: number;
  strength: number;
  role?: string;
}

/** So many hours each, from this hour of the day on. */
export const PATTERNS = { '24': { hours: 24, first: 8 }, '12': { hours: 12, first: 8 }, '8': { hours: 8, first: 0 } } as const;
export type Pattern = keyof typeof PATTERNS;

export const shiftsOf = (pattern: Pattern): number => 24 / PATTERNS[pattern].hours;

/** Midnight so many days after that of a day, across a change of the clock too. */
export const dayAfter = (start: number, days: number): number => startOfDay(start + days * 24 * HOUR + 12 * HOUR);

/** When a shift of a day begins and ends. */
export function shiftAt(day: number, pattern: Pattern, shift: number): [number, number] {
  const { hours, first } = PATTERNS[pattern];
  const from = day + (first + shift * hours) * HOUR;
  return [from, from + hours * HOUR];
}

/** The duties of a table: a cell that is empty says nothing, 0 says that nobody is on duty. */
export function dutiesOf(start: number, pattern: Pattern, cells: readonly (readonly (number | null)[])[], role: string): Duty[] {
  return cells.flatMap((row, day) =>
    row.flatMap((strength, shift) => {
      if (strength === null) return [];
      const [from, to] = shiftAt(dayAfter(start, day), pattern, shift);
      return [{ from, to, strength, ...(role === 'duty_officer' ? {} : { role }) }];
    }),
  );
}

/** The table that duties were made of, as far as one fits; `left` are the duties that it does not show. */
export function tableOf(duties: readonly Duty[]): { start: number; pattern: Pattern; days: number; cells: (number | null)[][]; role: string; left: Duty[] } | null {
  const first = duties[0];
  if (!first) return null;
  const pattern = (Object.keys(PATTERNS) as Pattern[]).find((one) => PATTERNS[one].hours * HOUR === first.to - first.from);
  if (!pattern) return null;
  const start = startOfDay(Math.min(...duties.map((one) => one.from)));
  const last = startOfDay(Math.max(...duties.map((one) => one.from)));
  const days = Math.min(31, Math.round((last - start) / (24 * HOUR)) + 1);
  const role = first.role ?? 'duty_officer';
  const left: Duty[] = [];
  const cells: (number | null)[][] = Array.from({ length: days }, () => Array.from({ length: shiftsOf(pattern) }, () => null));
  for (const duty of duties) {
    const place = cells.flatMap((row, day) => row.map((_, shift) => [day, shift] as const)).find(([day, shift]) => {
      const [from, to] = shiftAt(dayAfter(start, day), pattern, shift);
      return from === duty.from && to === duty.to;
    });
    const row = place ? cells[place[0]] : undefined;
    if (place && row && row[place[1]] === null && (duty.role ?? 'duty_officer') === role) row[place[1]] = duty.strength;
    else left.push(duty);
  }
  return { start, pattern, days, cells, role, left };
}
