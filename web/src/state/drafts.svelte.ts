// The drafts of who sits here, as they lie in this browser. Each form in hand has a draft of its own, held by its tab as
// long as the tab lives: two tabs never write over each other, and what a tab left that died can be taken up again.
// Nothing here is ever released by itself.

import { everything, hold, lasts, layIn, newId, ring, takeOut, whenRung } from './drawer';
import type { Draft, KeptDraft, Typed } from './draft.svelte';

export interface Subject {
  kind: string;
  revises: string | null;
  about: string | null;
}

/** The draft that a form has in hand. */
export interface Hand {
  id: string;
  kept: KeptDraft | null;
  turn: number;
}

class Drafts {
  list = $state.raw<readonly KeptDraft[]>([]);
  /** Whether they outlive the page: not in a private window. */
  lasting = $state(true);
  #user = '';
  #held: { id: string; free: () => void } | null = null;
  #turn = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #next: KeptDraft | null = null;
  #ended = new Set<string>();

  /** Signed in: the drafts of this account, and no other's. The answer stops it. */
  begin(user: string): () => void {
    this.#user = user;
    void this.refresh();
    const still = whenRung(() => void this.refresh());
    return () => {
      still();
      this.#user = '';
      this.list = [];
      this.#free();
    };
  }

  async refresh(): Promise<void> {
    const user = this.#user;
    const all = await everything<KeptDraft>('drafts');
    this.lasting = await lasts();
    if (user !== this.#user) return;
    this.list = all.filter((one) => one.user === user && !this.#ended.has(one.id)).sort((a, b) => b.at - a.at);
  }

  /** The draft for a form: the one that is asked for, else the newest about the same that no other tab holds, else none. */
  async take(subject: Subject, wanted: string | null, fresh: boolean): Promise<Hand> {
    const turn = ++this.#turn;
    await this.#written();
    const all = fresh ? [] : (await everything<KeptDraft>('drafts')).filter((one) => one.user === this.#user && !this.#ended.has(one.id));
    const fitting = all
      .filter((one) => (wanted ? one.id === wanted : one.kind === subject.kind && one.revises === subject.revises && one.about === subject.about))
      .sort((a, b) => b.at - a.at);
    for (const kept of fitting) {
      if (await this.#grasp(kept.id)) return { id: kept.id, kept, turn };
    }
    const id = newId(Date.now());
    await this.#grasp(id);
    return { id, kept: null, turn };
  }

  async #grasp(id: string): Promise<boolean> {
    if (this.#held?.id === id) return true;
    const free = await hold(`draft.${id}`);
    if (!free) return false;
    this.#free();
    this.#held = { id, free };
    return true;
  }

  #free(): void {
    this.#held?.free();
    this.#held = null;
  }

  /** A form went away; its draft stays. */
  letGo(hand: Hand): void {
    if (hand.turn === this.#turn) this.#free();
  }

  /** Written after every change, one after the other; of several that wait the last is enough. */
  keep(hand: Hand, draft: Draft, circle: string | null, typed: Typed): void {
    if (this.#ended.has(hand.id) || (!draft.differs(typed) && !this.list.some((one) => one.id === hand.id))) return;
    const { kind } = draft;
    this.#next = { ...typed, id: hand.id, user: this.#user, kind, circle, revises: draft.revises?.ref ?? null, about: draft.about?.ref ?? null, at: Date.now() };
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const next = this.#next;
    this.#next = null;
    if (!next || this.#ended.has(next.id)) return;
    await layIn('drafts', next);
    const rest = this.list.filter((one) => one.id !== next.id);
    if (next.user === this.#user) this.list = [next, ...rest];
    ring();
  }

  async #written(): Promise<void> {
    await this.#writing;
  }

  /** Said, queued or thrown away: nothing is left of it here. */
  async end(id: string): Promise<void> {
    this.#ended.add(id);
    this.list = this.list.filter((one) => one.id !== id);
    await this.#written();
    await takeOut('drafts', id);
    ring();
  }

  /** What was queued comes back as a draft. */
  async restore(kept: KeptDraft): Promise<string> {
    const id = newId(Date.now());
    await layIn('drafts', { ...kept, id, user: this.#user, at: Date.now() });
    await this.refresh();
    ring();
    return id;
  }

  /** Who signs out takes the drafts along, but for those of the account `keep`; what others left here goes in any case. */
  async clear(keep: string | null): Promise<void> {
    await this.#written();
    for (const one of await everything<KeptDraft>('drafts')) {
      if (one.user === keep) continue;
      for (const file of one.laid.filter((laid) => laid.local)) await takeOut('files', file.id);
      await takeOut('drafts', one.id);
    }
    await this.refresh();
    ring();
  }
}

export const drafts = new Drafts();
