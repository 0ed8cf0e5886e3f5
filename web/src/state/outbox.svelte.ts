// What was said at this desk and is not yet answered for by the own node. Released items go out by themselves, in order,
// each under a key that makes it said once however often it is sent; what nobody has previewed yet waits for an officer
// to look at it. Kept on the disk of this machine before anything is sent, so that a killed page or node loses nothing.

import { api, type Problem, Refused, Unanswered } from '../api/client';
import type { SaidRef, SayRequest } from '../api/types';
import { drafts } from './drafts.svelte';
import type { KeptDraft, Laid } from './draft.svelte';
import { alone, everything, layIn, newId, ring, takeOut, whenRung } from './drawer';

/** `unseen`: nobody has seen what each party will see. `waiting`: released, to be sent. `refused`: with the reason. */
export type Standing = 'unseen' | 'waiting' | 'refused';

export interface Item {
  /** A UUIDv7, under which it is said once. */
  id: string;
  user: string;
  at: number;
  standing: Standing;
  /** It was sent at least once, and no answer came: it may have been said. */
  tried: boolean;
  request: SayRequest;
  draft: KeptDraft;
  problem: Problem | null;
}

/** While these last the node may still say yes: too early, too full, too busy. */
const LATER = new Set([401, 408, 425, 429, 500, 502, 503, 504, 507]);

class Outbox {
  items = $state.raw<readonly Item[]>([]);
  unseen = $derived(this.items.filter((one) => one.standing === 'unseen'));
  waiting = $derived(this.items.filter((one) => one.standing === 'waiting'));
  refused = $derived(this.items.filter((one) => one.standing === 'refused'));
  #user = '';

  begin(user: string): () => void {
    this.#user = user;
    void this.refresh();
    const still = whenRung(() => void this.refresh());
    return () => {
      still();
      this.#user = '';
      this.items = [];
    };
  }

  async refresh(): Promise<void> {
    const user = this.#user;
    const all = await everything<Item>('outbox');
    if (user === this.#user) this.items = inOrder(all, user);
  }

  async #put(item: Item): Promise<void> {
    await layIn('outbox', item);
    await this.refresh();
    ring();
  }

  async #drop(id: string): Promise<void> {
    await takeOut('outbox', id);
    await this.refresh();
    ring();
  }

  /** The node cannot be asked what each party will see: it waits until somebody has looked. */
  async queue(request: SayRequest, draft: KeptDraft): Promise<void> {
    await this.#put(this.#item(newId(Date.now()), request, draft, 'unseen'));
    await drafts.end(draft.id);
  }

  #item(id: string, request: SayRequest, draft: KeptDraft, standing: Standing): Item {
    return { id, user: this.#user, at: Date.now(), standing, tried: false, request, draft, problem: null };
  }

  /**
   * Release what was previewed, after what waits. Answers where it was said, or null where no answer came: then it is
   * kept and sent again. A refusal is thrown, and the draft is as it was. `once` is the same however often this very
   * request is released: an answer may say no (a proxy's, a full disk's) after the node had said it.
   */
  async release(request: SayRequest, draft: KeptDraft, once: string): Promise<SaidRef[] | null> {
    const item = this.#item(once, request, draft, 'waiting');
    return alone('outbox', async () => {
      await this.#put(item);
      for (const one of await this.#toSend()) {
        if (one.id !== item.id) {
          if (await this.#gone(one)) continue;
          await drafts.end(draft.id);
          return null;
        }
        try {
          return await this.#send(item);
        } catch (error) {
          if (!(error instanceof Unanswered)) await this.#drop(item.id);
          else await drafts.end(draft.id);
          if (!(error instanceof Unanswered)) throw error;
        }
      }
      return null;
    });
  }

  async #toSend(): Promise<Item[]> {
    return inOrder(await everything<Item>('outbox'), this.#user).filter((one) => one.standing === 'waiting');
  }

  async #send(item: Item): Promise<SaidRef[]> {
    await this.#put({ ...item, tried: true });
    const { refs } = await api.say({ ...item.request, once: item.id });
    await drafts.end(item.draft.id);
    await this.#drop(item.id);
    return refs;
  }

  /** True where it was said or refused, false where the node has to be asked again later. */
  async #gone(item: Item): Promise<boolean> {
    try {
      await this.#send(item);
    } catch (error) {
      if (!(error instanceof Refused) || LATER.has(error.status)) return false;
      await this.#put({ ...item, standing: 'refused', tried: true, problem: error.problem });
    }
    return true;
  }

  /** All that was released and waits, the oldest first; stops where the node does not answer. */
  async flush(): Promise<void> {
    await alone('outbox', async () => {
      for (const one of await this.#toSend()) if (!(await this.#gone(one))) return;
    });
  }

  /** Looked at: exactly this request goes out now, in its turn. */
  async confirm(item: Item): Promise<void> {
    await this.#put({ ...item, standing: 'waiting' });
    await this.flush();
  }

  /** Back to the officer as a draft; answers its id. What may have been said already cannot be taken back. */
  async takeBack(item: Item): Promise<string | null> {
    return alone('outbox', async () => {
      const now = (await everything<Item>('outbox')).find((one) => one.id === item.id);
      if (!now || !cancellable(now)) return null;
      const id = await drafts.restore(now.draft);
      await this.#drop(item.id);
      return id;
    });
  }

  async cancel(item: Item): Promise<void> {
    await alone('outbox', async () => {
      const now = (await everything<Item>('outbox')).find((one) => one.id === item.id);
      if (!now || !cancellable(now)) return;
      for (const file of now.draft.laid) if (file.local) await takeOut('files', file.id);
      await this.#drop(item.id);
    });
  }

  /** Its files lie ready on the node now; it goes on waiting to be looked at. */
  async withFiles(item: Item, laid: Laid[]): Promise<Item> {
    const request = { ...item.request, attachments: laid.map((file) => file.id) };
    const ready = { ...item, request, draft: { ...item.draft, laid } };
    await this.#put(ready);
    return ready;
  }

  /** Who signs out for good throws away what never went out; what may have been said stays to be asked about. */
  async clear(): Promise<void> {
    for (const item of this.items) if (cancellable(item)) await this.cancel(item);
  }
}

export function cancellable(item: Item): boolean {
  return item.standing !== 'waiting' || !item.tried;
}

function inOrder(items: readonly Item[], user: string): Item[] {
  return items.filter((one) => one.user === user).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

export const outbox = new Outbox();
