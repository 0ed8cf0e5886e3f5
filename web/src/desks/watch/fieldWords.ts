// What the fields of a record are called: by its kind where the same name means something of its own there.

import { words } from '../../i18n/words.svelte';

export function fieldWord(kind: string, name: string): string {
  const c = words.m.complaints.field;
  const i = words.m.incidents.fieldWord;
  const t = words.m.texts;
  const own: Record<string, Record<string, string>> = {
    terms: words.m.rules.part,
    complaint: c,
    complaint_step: c,
    evidence: c,
    report: words.m.reports.field,
    incident: i,
    grading: i,
    same_event: i,
    finding: i,
    request: words.m.requests.field,
    request_step: words.m.requests.field,
    message: words.m.hotline.field,
    read_mark: words.m.hotline.field,
    agreement: { parties: t.between, path: t.path },
  };
  return words.of({ ...words.m.promises.field, ...words.m.values.field, ...own[kind] }, name);
}
