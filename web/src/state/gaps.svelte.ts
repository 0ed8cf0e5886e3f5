// The Gaps desk: which area is examined, how far the run is, the answer at hand, the hour that is shown, and the
// what-if edits that it is followed by. The answer that stands stays until a newer one is here.

import { Refused } from '../api/client';
import { type ClassPicture, type Cluster, type Condition, CONDITIONS, type Edits, type GapsAnswer, gapsApi, type RunRequest, type RunStatus } from '../api/gaps';
import { isEdited, NO_EDITS, readEdits } from '../desks/gaps/edits';
import { groundOf } from '../desks/gaps/strip';
import { live } from './live.svelte';
import { remember, remembered } from './memory';
import { session } from './session.svelte';

export type Pane = 'list' | 'map' | 'hand';
export type Tab = 'answer' | 'whatif' | 'next' | 'clusters' | 'layers';

export interface NamedDraft {
  name: string;
  edits: Edits;
  at: number;
}

interface Shown {
  id: string;
  answer: GapsAnswer;
}

export const CELLS = [30, 60, 90, 250];
/** Standard deviations of the heights (m) that can be asked about, and lengths (km) over which errors hang together. */
export const ERRORS = [0, 2, 4, 8];
export const ERROR_LENGTHS = [0.15, 0.3, 0.5];
const PICTURES = 48;
/** Milliseconds between two questions after a run: short at first, since a small area is done at once. */
const PATIENCE = [0, 4, 8, 16, 30, 60, 120, 250, 500];
const SETTLE = 12;
/** A followed run that is older than this gives way to newer edits. */
const OUTDATED = 400;

class GapsDesk {
  area = $state<string | null>(null);
  cell = $state(90);
  exact = $state(false);
  reach = $state<number | null>(null);
  condition = $state<Condition>('nominal');
  errorM = $state(0);
  errorKm = $state(0.15);
  /** Whether the map shows how probable sight is, in place of cover. */
  sight = $state(false);
  status = $state.raw<RunStatus | null>(null);
  problem = $state.raw<unknown>(null);
  /** The answer to what is stated, and the one that is shown: with the edits, where there are any. */
  stated = $state.raw<Shown | null>(null);
  shown = $state.raw<Shown | null>(null);
  hour = $state(0);
  party = $state('');
  gap = $state<string | null>(null);
  edits = $state.raw<Edits>(NO_EDITS);
  following = $state(false);
  /** From an edit to its answer and picture, in milliseconds. */
  took = $state<number | null>(null);
  picture = $state.raw<ClassPicture | null>(null);
  drafts = $state.raw<NamedDraft[]>([]);
  pane = $state<Pane>('list');
  tab = $state<Tab>('answer');
  /** Sites that are proposed, drawn on the map. */
  sites = $state.raw<{ lon: number; lat: number }[]>([]);
  /** Clusters of incidents that were found, drawn on the map. */
  clusters = $state.raw<Cluster[]>([]);
  /** Patrols that are proposed, drawn on the map. */
  rounds = $state.raw<{ path: [number, number][] }[]>([]);
  /** The post that one edits. */
  post = $state<string | null>(null);

  running = $derived(this.status?.state === 'waiting' || this.status?.state === 'running');
  answer = $derived<GapsAnswer | null>(this.shown?.answer ?? null);
  hourClass = $derived(this.answer?.classes[this.hour] ?? 0);
  showsSight = $derived(this.sight && Boolean(this.answer?.expected));

  #circle: string | null = null;
  #runId: string | null = null;
  #started = 0;
  #timer = 0;
  #inFlight: { id: string | null; since: number; edits: Edits } | null = null;
  #pictures = new Map<string, Promise<ClassPicture>>();
  #answers = new Map<string, Shown>();

  /** The desk of a circle: what was chosen here before comes back. */
  enter(circle: string | null): void {
    if (circle === this.#circle) return;
    this.#circle = circle;
    this.#forgetAnswers();
    const kept = parsed(remembered(this.#key('desk')));
    this.area = typeof kept['area'] === 'string' ? kept['area'] : null;
    this.cell = typeof kept['cell'] === 'number' && CELLS.includes(kept['cell']) ? kept['cell'] : 90;
    this.exact = kept['exact'] === true;
    this.reach = typeof kept['reach'] === 'number' ? kept['reach'] : null;
    this.condition = CONDITIONS.find((one) => one === kept['condition']) ?? 'nominal';
    this.errorM = ERRORS.find((one) => one === kept['errorM']) ?? 0;
    this.errorKm = ERROR_LENGTHS.find((one) => one === kept['errorKm']) ?? 0.15;
    this.hour = typeof kept['hour'] === 'number' ? Math.min(167, Math.max(0, Math.round(kept['hour']))) : 0;
    this.#readArea();
  }

  choose(area: string | null): void {
    if (area === this.area) return;
    this.area = area;
    this.#forgetAnswers();
    this.#readArea();
    this.keep();
  }

  keep(): void {
    const { area, cell, exact, reach, condition, errorM, errorKm, hour } = this;
    remember(this.#key('desk'), JSON.stringify({ area, cell, exact, reach, condition, errorM, errorKm, hour }));
    if (area) remember(this.#key(`edits.${area}`), JSON.stringify(this.edits));
  }

  /** Everything anew, with progress that is seen and can be ended. */
  async compute(): Promise<void> {
    const request = this.#request(NO_EDITS);
    if (!request) return;
    const started = ++this.#started;
    this.problem = null;
    this.#answers.clear();
    this.status = { state: 'waiting', stage: 'waiting', progress: 0 };
    try {
      const shown = await this.#run(request, started);
      if (!shown || started !== this.#started) return;
      this.stated = shown;
      this.#answers.set(JSON.stringify(NO_EDITS), shown);
      this.took = null;
      await this.#show(shown);
      if (isEdited(this.edits)) void this.#follow();
    } catch (error) {
      if (started !== this.#started) return;
      this.problem = error;
      this.status = null;
    }
  }

  async cancel(): Promise<void> {
    const id = this.#runId;
    this.#started += 1;
    this.status = { state: 'cancelled', stage: '', progress: 0 };
    if (id) await gapsApi.cancel(id).catch(() => {}); // it may have ended by itself
  }

  /** The edits as they are now; the answer to them follows. */
  edit(edits: Edits): void {
    this.edits = edits;
    this.keep();
    if (!this.stated) return;
    if (this.#inFlight) {
      if (this.#inFlight.id && performance.now() - this.#inFlight.since > OUTDATED) void gapsApi.cancel(this.#inFlight.id).catch(() => {});
      return;
    }
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#follow(), SETTLE);
  }

  /** The answer to some edits, from memory where it was asked before: for comparing. */
  async answerTo(edits: Edits): Promise<Shown | null> {
    const key = JSON.stringify(edits);
    const held = this.#answers.get(key);
    if (held) return held;
    const request = this.#request(edits);
    const shown = request && (await this.#finish((await gapsApi.start(request)).id, () => true));
    if (shown) this.#answers.set(key, shown);
    return shown;
  }

  keepDraft(name: string): void {
    const others = this.drafts.filter((draft) => draft.name !== name);
    this.drafts = [...others, { name, edits: this.edits, at: Date.now() }];
    this.#keepDrafts();
  }

  dropDraft(name: string): void {
    this.drafts = this.drafts.filter((draft) => draft.name !== name);
    this.#keepDrafts();
  }

  /** The picture of the hour at hand; the earlier one stays until it is here. */
  async look(): Promise<void> {
    const shown = this.shown;
    if (!shown) return;
    const { hourClass, party, showsSight } = this;
    try {
      const picture = await this.#pictureOf(shown.id, hourClass, party, showsSight);
      if (this.shown === shown && hourClass === this.hourClass && party === this.party && showsSight === this.showsSight) this.picture = picture;
    } catch (error) {
      if (this.shown !== shown) return;
      // the node has let go of this answer for newer ones: the same question brings it back
      if (error instanceof Refused && error.status === 404 && !this.#inFlight) void this.#follow();
      else this.problem = error;
    }
  }

  async #follow(): Promise<void> {
    if (this.#inFlight || !this.stated) return;
    const edits = this.edits;
    const request = this.#request(edits);
    if (!request) return;
    const since = performance.now();
    this.#inFlight = { id: null, since, edits };
    this.following = true;
    const started = this.#started;
    try {
      // asked again even where it was answered before: a node remembers only so many answers with their pictures
      const { id } = await gapsApi.start(request);
      this.#inFlight.id = id;
      const shown = await this.#finish(id, () => started === this.#started);
      if (shown && started === this.#started) {
        await this.#show(shown);
        this.took = performance.now() - since;
        this.problem = null;
      }
    } catch (error) {
      if (started === this.#started) this.problem = error;
    }
    this.#inFlight = null;
    if (edits !== this.edits && started === this.#started) void this.#follow();
    else this.following = false;
  }

  async #run(request: RunRequest, started: number): Promise<Shown | null> {
    const { id } = await gapsApi.start(request);
    this.#runId = id;
    if (started !== this.#started) {
      await gapsApi.cancel(id).catch(() => {}); // ended while it was being begun
      return null;
    }
    return this.#finish(id, (status) => {
      if (started !== this.#started) return false;
      this.status = status;
      return true;
    });
  }

  /** Asks after a run until it is at its end; null where it is no longer wanted or was cancelled. */
  async #finish(id: string, goOn: (status: RunStatus) => boolean): Promise<Shown | null> {
    for (let tries = 0; ; tries++) {
      const wait = PATIENCE[Math.min(tries, PATIENCE.length - 1)] ?? 500;
      if (wait > 0) await new Promise((resolve) => window.setTimeout(resolve, wait));
      const status = await gapsApi.status(id);
      if (!goOn(status) || status.state === 'cancelled') return null;
      if (status.state === 'failed') throw failure(status);
      if (status.state === 'done') return { id, answer: await gapsApi.answer(id) };
    }
  }

  /** Answer and picture change together, so that list and map never say different things. */
  async #show(shown: Shown): Promise<void> {
    const hourClass = shown.answer.classes[this.hour] ?? 0;
    const sight = this.sight && Boolean(shown.answer.expected);
    const picture = await this.#pictureOf(shown.id, hourClass, this.party, sight).catch((error: unknown) => {
      this.problem = error;
      return null;
    });
    this.shown = shown;
    this.picture = picture;
    if (this.gap && !shown.answer.gaps.some((gap) => gap.id === this.gap)) this.gap = null;
  }

  #pictureOf(id: string, hourClass: number, party: string, sight: boolean): Promise<ClassPicture> {
    const key = `${id}/${hourClass}/${sight ? '' : party}/${String(sight)}`;
    const held = this.#pictures.get(key);
    if (held) return held;
    const asked = gapsApi.picture(id, hourClass, party, sight);
    this.#pictures.set(key, asked);
    asked.catch(() => this.#pictures.delete(key));
    const [oldest] = this.#pictures.keys();
    if (this.#pictures.size > PICTURES && oldest !== undefined) this.#pictures.delete(oldest);
    return asked;
  }

  #request(edits: Edits): RunRequest | null {
    if (!this.#circle || !this.area) return null;
    return {
      circle: this.#circle,
      ...groundOf(this.area),
      cell: this.cell,
      options: {
        exact: this.exact,
        condition: this.condition,
        ...(this.reach === null ? {} : { reach_minutes: this.reach }),
        // a what-if follows the hand: it does without what takes longer
        ...(isEdited(edits) ? {} : { interval: true }),
        ...(isEdited(edits) || this.errorM === 0 ? {} : { error_m: this.errorM, error_km: this.errorKm }),
      },
      // what nobody has done yet has no last week
      ...(isEdited(edits) ? { draft: edits } : { trend: true }),
    };
  }

  #forgetAnswers(): void {
    this.#started += 1;
    this.status = null;
    this.problem = null;
    this.stated = null;
    this.shown = null;
    this.picture = null;
    this.gap = null;
    this.post = null;
    this.sites = [];
    this.clusters = [];
    this.rounds = [];
    this.took = null;
    this.#answers.clear();
    this.#pictures.clear();
  }

  #readArea(): void {
    this.edits = this.area ? readEdits(parsed(remembered(this.#key(`edits.${this.area}`)))) : NO_EDITS;
    const kept: unknown = JSON.parse(remembered(this.#key(`drafts.${this.area}`)) ?? '[]');
    this.drafts = (Array.isArray(kept) ? kept : [])
      .filter((one): one is NamedDraft => typeof one?.name === 'string' && typeof one?.at === 'number')
      .map((one) => ({ ...one, edits: readEdits(one.edits) }));
  }

  #keepDrafts(): void {
    remember(this.#key(`drafts.${this.area}`), JSON.stringify(this.drafts));
  }

  #key(what: string): string {
    return `gaps.${session.who?.user ?? ''}.${this.#circle}.${what}`;
  }
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A run that failed says why in the words of a refusal. */
function failure(status: RunStatus): Error {
  return new Refused(422, { code: status.code ?? 'gaps.failed', refused: status.message ?? status.stage, kept: '', next: '' });
}

export const gaps = new GapsDesk();

/** The posts, patrols and bases that the area's answer may rest on, as this node knows them. */
export function objectsOf(...kinds: string[]) {
  return live.visible.filter((object) => kinds.includes(object.kind) && !object.erased);
}
