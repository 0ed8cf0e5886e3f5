// A statement being written. Everything typed is kept in this browser per user and kind until it is released or
// thrown away, so that a reload, a dropped link or a flat battery loses nothing.

import type { CircleInfo, Fields, PictureObject, Ready, SayRequest, Tlp } from '../api/types';
import { forget, remember, remembered } from './memory';
import { known } from './objects';

export interface ReleaseChoice {
  policy: string;
  classification: string;
  tlp: Tlp;
}

/** A file laid ready, with its name, which stays in this browser. */
export interface Laid extends Ready {
  name: string;
}

interface Kept {
  fields: Fields;
  raw: Record<string, string>;
  withhold: string[];
  releases: Record<string, ReleaseChoice>;
  grid: number;
  hour: number;
  laid: Laid[];
}

export interface Beginning {
  fields: Fields;
  withhold: string[];
  grid: number;
  hour: number;
  /** What stands elsewhere on the page, over what the statement begins with. */
  set?: Fields;
  /** Begun by what stands elsewhere on the page: an earlier draft gives way. */
  fresh?: boolean;
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
  restored = $state(false);
  readonly #key: string;
  #done = false;

  constructor(
    user: string,
    readonly kind: string,
    circle: CircleInfo | null,
    beginning: Beginning,
    readonly revises: PictureObject | null,
    readonly about: PictureObject | null,
  ) {
    const subject = revises ? `.revises.${revises.ref}` : about ? `.about.${about.ref}` : '';
    this.#key = `draft.${user}.${kind}${subject}`;
    const kept = beginning.fresh ? null : read(this.#key);
    if (kept) {
      this.fields = kept.fields;
      this.raw = kept.raw;
      this.withhold = kept.withhold;
      this.releases = kept.releases;
      this.grid = kept.grid;
      this.hour = kept.hour;
      this.laid = kept.laid;
      this.restored = true;
      if (Object.keys(kept.releases).length > 0 && (!revises || !circle)) return;
    } else {
      this.fields = revises ? { ...said(revises), ...beginning.set } : { ...beginning.fields, ...beginning.set };
      this.withhold = revises ? Object.keys(revises.own ?? {}).filter((n) => n !== 'author') : [...beginning.withhold];
      this.grid = beginning.grid;
      this.hour = beginning.hour;
    }
    if (circle) {
      const { policy, classification, tlp } = revises?.label ?? FIRST_LABEL;
      this.releases = { [circle.id]: { policy, classification, tlp } };
    }
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

  /** Written after every change; reads all of it, so an effect that calls this follows all of it. */
  keep(): void {
    const kept: Kept = $state.snapshot({
      fields: this.fields,
      raw: this.raw,
      withhold: this.withhold,
      releases: this.releases,
      grid: this.grid,
      hour: this.hour,
      laid: this.laid,
    }) as Kept;
    if (!this.#done) remember(this.#key, JSON.stringify(kept));
  }

  /** Released or thrown away: nothing is left of it here. */
  end(): void {
    this.#done = true;
    forget(this.#key);
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

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(remembered(key) ?? 'null') as Partial<Kept> | null;
    if (!kept || typeof kept.fields !== 'object' || kept.fields === null) return null;
    return {
      fields: kept.fields,
      raw: kept.raw ?? {},
      withhold: kept.withhold ?? [],
      releases: kept.releases ?? {},
      grid: kept.grid ?? 0,
      hour: kept.hour ?? 0,
      laid: kept.laid ?? [],
    };
  } catch {
    return null;
  }
}
