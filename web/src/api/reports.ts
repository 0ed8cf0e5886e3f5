// The API of reports: which are due, issued and missing; a copy in a language; issuing one.

import { ask, json } from './client';
import type { Column, Lang, Names } from './types';

export const REPORTS = ['situation', 'weekly', 'compliance'] as const;
export type ReportName = (typeof REPORTS)[number];
export type ReportPart = 'common' | 'reserved';
export type DueStanding = 'issued' | 'late' | 'missing' | 'excused';

export interface DueReport {
  report: ReportName;
  party: string;
  cutoff: number;
  standing: DueStanding;
  centre: string | null;
  ref: string | null;
  said: number | null;
  digest: string | null;
  reason: string | null;
}

export interface IssuedReport {
  ref: string;
  party: string;
  report: ReportName;
  cutoff: number | null;
  said: number;
  centre: string | null;
  agreement: string | null;
  digest: string | null;
  common: Names;
  reason: string | null;
}

export interface ReportRule {
  report: ReportName;
  minute: number;
  weekday: number | null;
  offset: number;
  terms: string | null;
  due: boolean;
  latest: number;
}

export interface ReportsView {
  at: number;
  circle: string;
  start: number;
  end: number;
  sides: string[];
  rules: ReportRule[];
  due: DueReport[];
  issued: IssuedReport[];
  agreements: { ref: string | null; names: Names; commitments: number }[];
}

/** One report: `day` is any moment (ms) of the local day of its cut-off. */
export interface WhichReport {
  circle: string;
  kind: ReportName;
  day: number;
  agreement: string | null;
  /** The centre for which a commitment promises it; the facts are the same. */
  centre?: string | null;
}

export interface MadeReport {
  digest: string;
  window: { start: number; end: number };
  final: boolean;
}

export interface IssueReport extends WhichReport {
  digest?: string;
  common?: Names;
  reserved?: Names;
  reason?: string;
  attach?: Lang[];
}

const query = (which: WhichReport, more: Record<string, string> = {}): string => {
  const asked = new URLSearchParams({ circle: which.circle, day: String(which.day), ...more });
  if (which.agreement) asked.set('agreement', which.agreement);
  return asked.toString();
};

export const reportsApi = {
  all: (circle: string, end: number | null): Promise<ReportsView> =>
    json('GET', `/accord/reports?${new URLSearchParams({ circle, ...(end === null ? {} : { end: String(end) }) }).toString()}`),
  made: (which: WhichReport): Promise<MadeReport> => json('GET', `/accord/reports/${which.kind}/facts?${query(which)}`),
  page: async (which: WhichReport, lang: Lang, part: ReportPart): Promise<string> =>
    (await ask('GET', `/accord/reports/${which.kind}/page.html?${query(which, { lang, part })}`)).text(),
  address: (which: WhichReport, lang: Lang, part: ReportPart, form: 'pdf' | 'html'): string =>
    `/api/v1/accord/reports/${which.kind}/page.${form}?${query(which, { lang, part })}`,
  preview: (report: IssueReport): Promise<Column[]> => json('POST', '/accord/reports/preview', report),
  issue: (report: IssueReport): Promise<{ ref: string }> => json('POST', '/accord/reports', report),
};
