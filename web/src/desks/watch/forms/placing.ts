// A place in a draft: as it was found, as it is typed. What is typed after a place was taken means that place no longer.

import type { FoundPlace, Place } from '../../../api/types';
import { words } from '../../../i18n/words.svelte';
import type { Draft } from '../../../state/draft.svelte';

export function placeOf(draft: Draft, found: FoundPlace): void {
  const named = Object.keys(found.names ?? {}).length > 0 && !['mgrs', 'degrees'].includes(found.kind);
  draft.fields['place'] = {
    lat: found.lat,
    lon: found.lon,
    accuracy: found.accuracy,
    ...(named ? { names: found.names, gazetteer: found.id } : {}),
  };
  if (named) delete draft.raw['place'];
  delete draft.raw['accuracy'];
}

export function typePlace(draft: Draft, text: string): void {
  draft.raw['place'] = text;
  draft.fields['place'] = null;
}

/** What stands in the box. */
export function placeText(draft: Draft): string {
  const place = (draft.fields['place'] ?? null) as Place | null;
  return draft.raw['place'] ?? (place ? words.name(place.names) : '');
}
