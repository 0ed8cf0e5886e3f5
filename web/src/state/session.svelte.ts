// Who sits here. Nothing is shown before the node has said so; where the node does not answer, whoever it said so of last
// in this browser goes on writing, for as long as a session lasts at most, and nothing that the node holds is shown.

import { api, Unanswered, whenSignedOut } from '../api/client';
import type { Session } from '../api/types';
import { drafts } from './drafts.svelte';
import { forget, remember, remembered } from './memory';
import { outbox } from './outbox.svelte';

/** Of these roles one lets things out of the node (as the node itself checks). */
const RELEASING = ['duty_officer', 'liaison', 'planner', 'negotiator', 'release_officer'];
const SESSION_MS = 12 * 3_600_000;
/** Before the name of the account whose drafts stay, in what is remembered of who is leaving. */
const KEEPS = 'keeps:';

class SessionState {
  who = $state<Session | null>(null);
  asked = $state(false);
  administrator = $derived(this.who?.roles.includes('administrator') ?? false);
  releases = $derived(this.who?.roles.some((role) => RELEASING.includes(role)) ?? false);

  async begin(): Promise<void> {
    whenSignedOut(() => this.#out());
    try {
      const leaving = remembered('leaving');
      if (leaving) {
        await drafts.clear(leaving.startsWith(KEEPS) ? leaving.slice(KEEPS.length) : null);
        await this.#leave();
      }
      this.who = await api.session();
      if (!lastOne()) remember('session', JSON.stringify({ who: this.who, until: Date.now() + SESSION_MS }));
    } catch (error) {
      if (error instanceof Unanswered && !remembered('leaving')) this.who = lastOne();
      this.unanswered = error instanceof Unanswered && this.who === null;
    }
    this.asked = true;
  }

  unanswered = $state(false);

  async signIn(user: string, password: string): Promise<void> {
    const { user: name, desk, roles } = await api.signIn(user, password);
    forget('leaving');
    this.who = { user: name, desk, roles };
    remember('session', JSON.stringify({ who: this.who, until: Date.now() + SESSION_MS }));
    this.unanswered = false;
  }

  /** `stays`: the own drafts and what was not sent stay in this browser for whoever signs in under this name. */
  async signOut(stays = false): Promise<void> {
    const keep = stays ? (this.who?.user ?? null) : null;
    // first: a page that is closed while it clears up has left all the same, and the next visit clears up
    remember('leaving', keep === null ? 'yes' : KEEPS + keep);
    if (!stays) await outbox.clear();
    await drafts.clear(keep);
    this.#out();
    await this.#leave().catch(() => {}); // the node does not answer: with the next visit, before anything is shown
  }

  /** The node ends the session too. */
  async #leave(): Promise<void> {
    try {
      await api.signOut();
    } catch (error) {
      if (error instanceof Unanswered) throw error;
    }
    forget('leaving');
  }

  #out(): void {
    forget('session');
    forget('node');
    this.who = null;
  }
}

function lastOne(): Session | null {
  try {
    const kept = JSON.parse(remembered('session') ?? 'null') as { who: Session; until: number } | null;
    return kept && kept.until > Date.now() ? kept.who : null;
  } catch {
    return null;
  }
}

export const session = new SessionState();
