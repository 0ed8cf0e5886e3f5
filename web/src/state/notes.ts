// Drafts of a what-if in this side's private circle: records like every other, which no other party ever holds. One that
// is thrown away is said to be withdrawn, since nothing that was said is ever lost.

import { api } from '../api/client';
import type { Edits } from '../api/gaps';
import type { Fields, Lang, PictureObject } from '../api/types';
import { editsOf, proposalFields } from '../desks/gaps/proposal';
import { FIRST_LABEL } from './draft.svelte';
import { live } from './live.svelte';

export interface NamedDraft {
  name: string;
  edits: Edits;
  at: number;
  ref: string;
}

const own = () => live.node?.circles.find((circle) => circle.private);

/** The drafts of an area that this side keeps, the oldest first. */
export async function readDrafts(area: string): Promise<NamedDraft[]> {
  const circle = own();
  if (!circle) return [];
  const found: PictureObject[] = [];
  for (let after = 0, more = true, apart = false; more; ) {
    const page = await api.picture(circle.id, after, apart);
    apart = page.apart;
    found.push(...page.objects);
    more = page.more;
    after = page.seq;
  }
  return found
    .filter(({ kind, fields, erased }) => kind === 'proposal' && !erased && fields['area'] === area && fields['status'] !== 'withdrawn')
    .map(({ ref, fields, said }) => ({ name: nameOf(fields), edits: editsOf(fields), at: said, ref }))
    .sort((a, b) => a.at - b.at);
}

export async function keepDraft(area: string, name: string, lang: Lang, edits: Edits, weeks: Record<string, string>, before: string | null): Promise<void> {
  await say({ ...proposalFields(edits, area, before, null, weeks), names: { [lang]: name } }, null);
}

export async function dropDraft(area: string, draft: NamedDraft): Promise<void> {
  await say({ area, names: { en: draft.name }, status: 'withdrawn' }, draft.ref);
}

async function say(fields: Fields, revises: string | null): Promise<void> {
  const circle = own();
  if (!circle) return;
  const label = { ...FIRST_LABEL, to: [...circle.members] };
  await api.say({ kind: 'proposal', fields, revises, about: null, releases: [{ circle: circle.id, label, withhold: [], grid: 0, hour: 0 }], attachments: [] });
}

function nameOf(fields: Fields): string {
  const names = (fields['names'] ?? {}) as Record<string, unknown>;
  return String(Object.values(names)[0] ?? '');
}
