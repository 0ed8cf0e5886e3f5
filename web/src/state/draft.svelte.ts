// A statement being written. Everything typed is kept in this browser until it is released or thrown away, so that a
// reload, a killed browser or a flat battery loses nothing (drafts.svelte.ts).

import type { CircleInfo, Fields, PictureObject, Ready, SayRequest, Tlp } from '../api/types';
import { known } from './objects';

export interface ReleaseChoice {
  policy: string;
  classification: string;
  tlp: Tlp;
}

/** A file laid ready, with its name and a small picture of it, which stay in this browser. */
export interface Laid extends Ready {
  name: string;
  /** A small JPEG as a data address, made in this browser. */
  small?: string;
  /** It lies in this browser only: it is laid ready on the node before anything is previewed. */
  local?: boolean;
}

/** What was typed. */
export interface Typed {
  fields: Fields;
  raw: Record<string, string>;
  withhold: string[];
  releases: Record<string, ReleaseChoice>;
  grid: number;
  hour: number;
  laid: Laid[];
  /** The full form is open, not the quick one. */
  full: boolean;
}

/** A draft as it lies in this browser. */
export interface KeptDraft extends Typed {
  id: string;
  user: string;
  kind: string;
  circle: string | null;
  revises: string | null;
  about: string | null;
  /** When it was last changed (ms of this machine). */
  at: number;
}

export interface Beginning {
  fields: Fields;
  withhold: string[];
  grid: number;
  hour: number;
  /** What stands elsewhere on the page, over what the statement begins with. */
  set?: Fields;
}

export const FIRST_LABEL: ReleaseChoice = { policy: 'JOINT', classification: 'RESTRICTED', tlp: 'AMBER' };

export class Draft {
  fields = $state<Fields>({});
  /** What stands in inputs whose text is not (yet) a value. */
  raw = $state<Record<string, string>>({});
  withhold = $state<string[]>([]);
  releases = $state<Record<string, ReleaseChoice>>({});
  grid = $state(0);
  hour = $state(0);
  laid = $state<Laid[]>([]);
  full = $state(false);
  /** Over once the place that was typed last is found, or is none. */
  seeking: Promise<void> = Promise.resolve();
  /** As it began: what is no different is not worth keeping. */
  readonly #first: string;

  constructor(
    readonly kind: string,
    circle: CircleInfo | null,
    beginning: Beginning,
    readonly revises: PictureObject | null,
    readonly about: PictureObject | null,
    kept: Typed | null = null,
  ) {
    if (kept) {
      this.fields = kept.fields;
      this.raw = kept.raw;
      this.withhold = kept.withhold;
      this.releases = kept.releases;
      this.grid = kept.grid;
      this.hour = kept.hour;
      this.laid = kept.laid;
      this.full = kept.full;
    } else {
      this.fields = revises ? { ...said(revises), ...beginning.set } : { ...beginning.fields, ...beginning.set };
      this.withhold = revises ? Object.keys(revises.own ?? {}).filter((n) => n !== 'author') : [...beginning.withhold];
      this.grid = beginning.grid;
      this.hour = beginning.hour;
      // what was read from a text, or said before, is looked through whole
      this.full = revises !== null || beginning.set !== undefined;
    }
    const chosen = kept !== null && Object.keys(kept.releases).length > 0;
    if (circle && !(chosen && !revises)) {
      const { policy, classification, tlp } = revises?.label ?? FIRST_LABEL;
      this.releases = { [circle.id]: { policy, classification, tlp } };
    }
    this.#first = kept ? '' : JSON.stringify(this.typed());
  }

  get empty(): boolean {
    return Object.keys(filled(this.fields)).length === 0;
  }

  isWithheld(name: string): boolean {
    return this.withhold.includes(name);
  }

  toggle(name: string): void {
    this.withhold = this.isWithheld(name) ? this.withhold.filter((n) => n !== name) : [...this.withhold, name];
  }

  /** All that was typed; an effect that calls this follows all of it. */
  typed(): Typed {
    return $state.snapshot({
      fields: this.fields,
      raw: this.raw,
      withhold: this.withhold,
      releases: this.releases,
      grid: this.grid,
      hour: this.hour,
      laid: this.laid,
      full: this.full,
    }) as Typed;
  }

  /** Whether anything was typed since it began; what was taken up again always counts as typed. */
  differs(typed: Typed): boolean {
    return JSON.stringify(typed) !== this.#first;
  }

  /** What the statement that is corrected says and this one no longer does: a correction takes nothing away. */
  emptied(): string[] {
    if (!this.revises) return [];
    const left = filled($state.snapshot(this.fields) as Fields);
    return Object.keys(filled(said(this.revises))).filter((name) => !(name in left));
  }

  request(circles: readonly CircleInfo[]): SayRequest {
    const fields = filled($state.snapshot(this.fields) as Fields);
    const chosen = circles.filter((c) => this.releases[c.id]);
    return {
      kind: this.kind,
      fields,
      revises: this.revises?.ref ?? null,
      about: this.about?.ref ?? null,
      attachments: this.laid.map((file) => file.id),
      releases: chosen.map((circle) => ({
        circle: circle.id,
        label: { ...(this.releases[circle.id] ?? FIRST_LABEL), to: [...circle.members] },
        withhold: circle.private ? [] : this.withhold.filter((name) => name in fields),
        grid: circle.private ? 0 : this.grid,
        hour: circle.private ? 0 : this.hour,
      })),
    };
  }
}

/** An earlier version as a beginning for its correction: coarse stand-ins are worked out anew. */
function said(object: PictureObject): Fields {
  const fields = { ...known(object) };
  for (const name of ['author', 'place_coarse', 'when_coarse']) {
    const exact = name.replace('_coarse', '');
    if (name === 'author' || exact in fields) delete fields[name];
  }
  return fields;
}

/** Without what is empty. */
export function filled(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (value === null || value === undefined || value === '') return false;
      if (Array.isArray(value)) return value.length > 0;
      if (typeof value === 'object') return Object.values(value).some((v) => v !== undefined && v !== '');
      return true;
    }),
  );
}
