// Where one is: the desk and the record in hand (both in the address after #), the form being written, the page
// shown on a phone, and what the map is asked to pick.

import type { Fields, PictureObject } from '../api/types';
import { AGREEING, CENTRED } from './accord.svelte';
import { COMPARING } from './incidents';
import { MOVING } from './movements.svelte';

export const DESKS = ['watch', 'movements', 'gaps', 'accord', 'centres', 'ledger', 'incidents'] as const;
export type DeskName = (typeof DESKS)[number];
export type Pane = 'log' | 'map' | 'hand';
/** The lists of the Watch desk: what was said, the watch itself, the hotline. */
export type WatchPart = 'log' | 'watch' | 'hotline';

/** A form in hand: which kind, what it corrects or speaks about. */
export interface Writing {
  kind: string;
  revises: PictureObject | null;
  about: PictureObject | null;
  /** What is filled in already, in place of a draft that was kept. */
  fields: Fields | null;
  /** The draft that is taken up again. */
  draft?: string;
}

/** The map is asked for a point, a path or a ring; points are [lon, lat] degrees. */
export interface MapTask {
  shape: 'point' | 'path' | 'ring';
  points: [number, number][];
  change: (points: [number, number][]) => void;
  done: () => void;
}

/** The desk at which a kind of record is written and read. */
export function homeOf(kind: string): DeskName {
  if (MOVING.has(kind)) return 'movements';
  if (AGREEING.has(kind)) return 'accord';
  if (COMPARING.has(kind)) return 'incidents';
  return CENTRED.has(kind) ? 'centres' : 'watch';
}

class Desk {
  name = $state<DeskName>('watch');
  ref = $state<string | null>(null);
  writing = $state.raw<Writing | null>(null);
  pane = $state<Pane>('log');
  task = $state.raw<MapTask | null>(null);
  help = $state(false);
  searching = $state(false);
  /** The words with which the search begins. */
  sought = '';
  part = $state<WatchPart>('log');
  /** The message that is being answered on the hotline. */
  answering = $state<string | null>(null);
  /** Just released here: it is on its way into the picture. */
  released = $state<string | null>(null);
  /** Raised by one to ask the map to go to the record in hand. */
  look = $state(0);

  begin(): () => void {
    const read = (): void => {
      const [, name, party, id] = /^#\/(\w+)(?:\/([^/]+)\/([^/]+))?/.exec(location.hash) ?? [];
      this.name = DESKS.find((one) => one === name) ?? 'watch';
      this.ref = party && id ? `${decodeURIComponent(party)}/${decodeURIComponent(id)}` : null;
    };
    /** A link was followed: what it leads to comes to hand, in place of what was being written, which is kept. */
    const follow = (): void => {
      const before = this.ref;
      read();
      if (!this.ref || this.ref === before) return;
      this.writing = null;
      this.endTask();
      this.pane = 'hand';
    };
    read();
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }

  go(name: DeskName): void {
    location.hash = `#/${name}`;
  }

  select(ref: string | null, look = false, where: DeskName = 'watch'): void {
    this.writing = null;
    this.endTask();
    location.hash = ref ? `#/${where}/${ref}` : `#/${where}`;
    // both at once: the desk that is left would show it for a moment, as if it were its own
    [this.name, this.ref] = [where, ref];
    if (ref) this.pane = 'hand';
    if (look) this.look += 1;
  }

  write(kind: string, revises: PictureObject | null = null, about: PictureObject | null = null, fields: Fields | null = null, draft?: string): void {
    const home = homeOf(kind);
    if (this.name !== home) this.go(home);
    this.endTask();
    this.writing = { kind, revises, about, fields, ...(draft ? { draft } : {}) };
    this.pane = 'hand';
  }

  /** Look for words in everything that the node holds. */
  seek(text: string): void {
    this.sought = text;
    this.searching = true;
  }

  /** To the hotline, with a message in hand that is to be answered. */
  answer(message: string): void {
    if (this.name !== 'watch') this.go('watch');
    this.writing = null;
    this.endTask();
    this.part = 'hotline';
    this.pane = 'log';
    this.answering = message;
  }

  letGo(): void {
    if (this.task) this.endTask();
    else if (this.writing) this.writing = null;
    else if (this.ref) this.select(null, false, this.name === 'gaps' || this.name === 'ledger' ? 'watch' : this.name);
    if (!this.writing && !this.ref && this.pane === 'hand') this.pane = 'log';
  }

  ask(task: MapTask): void {
    this.task = task;
    this.pane = 'map';
  }

  endTask(): void {
    if (!this.task) return;
    this.task = null;
    if (this.writing) this.pane = 'hand';
  }
}

export const desk = new Desk();
