// Who sits here. Nothing is shown before the node has said so.

import { api, Refused, whenSignedOut } from '../api/client';
import type { Session } from '../api/types';

/** Of these roles one lets things out of the node (as the node itself checks). */
const RELEASING = ['duty_officer', 'liaison', 'planner', 'negotiator', 'release_officer'];

class SessionState {
  who = $state<Session | null>(null);
  asked = $state(false);
  administrator = $derived(this.who?.roles.includes('administrator') ?? false);
  releases = $derived(this.who?.roles.some((role) => RELEASING.includes(role)) ?? false);

  async begin(): Promise<void> {
    whenSignedOut(() => (this.who = null));
    try {
      this.who = await api.session();
    } catch (error) {
      if (!(error instanceof Refused)) this.unanswered = true;
    }
    this.asked = true;
  }

  unanswered = $state(false);

  async signIn(user: string, password: string): Promise<void> {
    this.who = await api.signIn(user, password);
    this.unanswered = false;
  }

  async signOut(): Promise<void> {
    try {
      await api.signOut();
    } finally {
      this.who = null;
    }
  }
}

export const session = new SessionState();
