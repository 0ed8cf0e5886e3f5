// The report that is being read at the Watch desk: its text, what was found, which drafts were opened. In memory only:
// a text that was not said is nobody's record.

import { readingApi, type PlaceChoice, type ReadAnswer, type ReadDraft } from '../api/reading';
import type { Fields } from '../api/types';

/** What a form begins with by itself and a text may not have said: left empty, so that nothing is filled in unseen. */
const UNSAID: Record<ReadDraft['kind'], Fields> = {
  incident: { when: null, stage: null, known_at: null },
  log: { when: null },
  meeting: { when: null, invited: [] },
  commitment: { owed_by: [] },
  area: {},
};

class ReadingState {
  open = $state(false);
  text = $state('');
  /** Whether the letters of the file were guessed: it is shown before it is read. */
  guessed = $state(false);
  /** The day to count from, as typed; empty: the text's own, else today. */
  day = $state('');
  answer = $state.raw<ReadAnswer | null>(null);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  chosen = $state<number | null>(null);
  opened = $state<number[]>([]);
  #places = $state<Record<number, PlaceChoice>>({});

  async read(circle: string | null): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      this.answer = await readingApi.read(this.text, circle, this.day || null);
      this.chosen = null;
      this.opened = [];
      this.#places = {};
    } catch (error) {
      this.problem = error;
    }
    this.busy = false;
  }

  again(): void {
    this.answer = null;
    this.problem = null;
  }

  close(): void {
    this.open = false;
    this.text = '';
    this.guessed = false;
    this.day = '';
    this.again();
  }

  choose(draft: number, place: PlaceChoice): void {
    this.#places[draft] = place;
  }

  placeOf(draft: number): PlaceChoice | null {
    return this.#places[draft] ?? null;
  }

  /** The fields with which the form of a draft begins. */
  fieldsOf(at: number, draft: ReadDraft): Fields {
    const place = this.#places[at];
    const fields: Fields = { ...UNSAID[draft.kind], ...draft.fields };
    if (place && place.lat !== null && place.lon !== null && draft.kind !== 'area') {
      const { lat, lon, accuracy, names, id } = place;
      fields['place'] = { lat, lon, accuracy, ...(id && names ? { names, gazetteer: id } : {}) };
    }
    return fields;
  }
}

export const reading = new ReadingState();
