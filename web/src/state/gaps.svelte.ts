// The Gaps desk: which area is examined, how far the run is, the answer at hand, the hour that is shown, and the
// what-if edits that it is followed by. The answer that stands stays until a newer one is here.

import { Refused } from '../api/client';
import { type Cluster, type Condition, CONDITIONS, type DraftAnswer, type Edits, type Gap, type GapsAnswer, gapsApi, type RunRequest, type RunStatus, type Sheet } from '../api/gaps';
import { lay, sheetOf } from '../api/pixels';
import { isEdited, NO_EDITS, readEdits } from '../desks/gaps/edits';
import { groundOf } from '../desks/gaps/strip';
import { words } from '../i18n/words.svelte';
import { live } from './live.svelte';
import { remember, remembered } from './memory';
import * as notes from './notes';
import { session } from './session.svelte';

export type Pane = 'list' | 'map' | 'hand';
export type Tab = 'answer' | 'whatif' | 'next' | 'clusters' | 'layers';

interface Shown {
  id: string;
  answer: GapsAnswer;
  /** Followed while somebody changes things: areas, hours and map, without ranks, incidents and outlines. */
  quick?: boolean;
}

export const CELLS = [30, 60, 90, 250];
/** Standard deviations of the heights (m) that can be asked about, and lengths (km) over which errors hang together. */
export const ERRORS = [0, 2, 4, 8];
export const ERROR_LENGTHS = [0.15, 0.3, 0.5];
/** Of some megabytes each. */
const PICTURES = 12;
/** Milliseconds between two questions after a run: short at first, since a small area is done at once. */
const PATIENCE = [0, 4, 8, 16, 30, 60, 120, 250, 500];
/** Milliseconds without a change after which the whole answer is asked for. */
const SETTLE = 400;
/** Refusals of a quick answer where the whole one still comes. */
const SLOWLY = ['whatif.other_frame', 'whatif.too_large', 'gaps.no_run'];

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
  /** From a change until map and list that follow it were painted, in milliseconds. */
  took = $state<number | null>(null);
  /** How many changes were painted. */
  painted = $state(0);
  picture = $state.raw<{ sheet: Sheet } | null>(null);
  /** Kept in this side's private circle. */
  drafts = $state.raw<notes.NamedDraft[]>([]);
  pane = $state<Pane>('list');
  tab = $state<Tab>('answer');
  /** Sites that are proposed, drawn on the map. */
  sites = $state.raw<{ lon: number; lat: number }[]>([]);
  /** Clusters of incidents that were found, drawn on the map. */
  clusters = $state.raw<Cluster[]>([]);
  /** Where incidents were told, drawn smoothly; null while nobody asked for it. */
  density = $state.raw<Sheet | null>(null);
  /** Patrols that are proposed, drawn on the map. */
  rounds = $state.raw<{ path: [number, number][] }[]>([]);
  /** The post that one edits. */
  post = $state<string | null>(null);

  running = $derived(this.status?.state === 'waiting' || this.status?.state === 'running');
  answer = $derived<GapsAnswer | null>(this.shown?.answer ?? null);
  quick = $derived(this.shown?.quick === true);
  /** The edits that the shown answer is to. */
  answered = $state.raw<Edits>(NO_EDITS);
  /** The whole answer to the edits as they are now is shown. */
  settled = $derived(this.shown !== null && !this.quick && this.answered === this.edits);
  hourClass = $derived(this.answer?.classes[this.hour] ?? 0);
  showsSight = $derived(this.sight && !this.quick && Boolean(this.answer?.expected));

  #circle: string | null = null;
  #runId: string | null = null;
  #started = 0;
  #timer = 0;
  #inFlight: { id: string | null; edits: Edits } | null = null;
  #quickly = false;
  #held = 0;
  /** The edits, hour and party that are shown. */
  #taken: { edits: Edits; seen: string } = { edits: NO_EDITS, seen: '' };
  #editedAt = 0;
  #pictures = new Map<string, Promise<Sheet>>();
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
    this.#held = 0;
    this.#pictures.clear();
    this.status = { state: 'waiting', stage: 'waiting', progress: 0 };
    try {
      const shown = await this.#run(request, started);
      if (!shown || started !== this.#started) return;
      this.stated = shown;
      this.#answers.set(JSON.stringify(NO_EDITS), shown);
      this.took = null;
      await this.#show(shown, NO_EDITS);
      if (isEdited(this.edits)) void this.#quicken();
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

  /** The edits as they are now; map and list follow at once, the whole answer once they rest. */
  edit(edits: Edits): void {
    this.edits = isEdited(edits) ? edits : NO_EDITS;
    this.#editedAt = performance.now();
    this.keep();
    if (this.stated) void this.#quicken();
  }

  /** Have the node ready to follow, so that the first change is as quick as the others. */
  prepare(): void {
    if (this.stated && !this.#quickly && this.#held === 0) void gapsApi.draft(this.stated.id, this.#draft(this.edits)).catch(() => {}); // the first change says what is wrong
  }

  /** Changes that somebody put before others, on one's own map: its area is chosen and its answer is asked for. */
  openProposal(area: string, edits: Edits): void {
    this.choose(area);
    this.tab = 'whatif';
    this.pane = 'map';
    this.edit(edits);
    if (!this.stated) void this.compute();
  }

  /** What is shown was painted. */
  drawn(): void {
    if (!this.#editedAt || this.following) return;
    this.took = performance.now() - this.#editedAt;
    this.painted += 1;
    this.#editedAt = 0;
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

  async keepDraft(name: string, weeks: Record<string, string>): Promise<void> {
    const { area, edits } = this;
    if (!area) return;
    await this.#noted(() => notes.keepDraft(area, name, words.lang, edits, weeks, this.stated?.answer.digest ?? null));
  }

  async dropDraft(draft: notes.NamedDraft): Promise<void> {
    const { area } = this;
    if (area) await this.#noted(() => notes.dropDraft(area, draft));
  }

  /** The picture of the hour at hand; the earlier one stays until it is here. */
  async look(): Promise<void> {
    const shown = this.shown;
    if (!shown) return;
    if (shown.quick) return this.#quicken();
    if (!this.showsSight && this.#held !== 0 && this.#taken.seen === this.#seen()) return;
    const { hourClass, party, showsSight } = this;
    try {
      const sheet = await this.#pictureOf(shown.id, hourClass, party, showsSight);
      if (this.shown === shown && hourClass === this.hourClass && party === this.party && showsSight === this.showsSight) {
        this.#held = 0;
        this.picture = { sheet };
      }
    } catch (error) {
      if (this.shown !== shown) return;
      // the node has let go of this answer for newer ones: the same question brings it back
      if (error instanceof Refused && error.status === 404 && !this.#inFlight) void this.#follow();
      else this.problem = error;
    }
  }

  /** Quick answers, one after another, as long as there are newer edits; then the whole answer. */
  async #quicken(): Promise<void> {
    const stated = this.stated;
    const shown = (): boolean => this.#taken.edits === this.edits && this.#taken.seen === this.#seen();
    if (this.#quickly || !stated || shown()) return;
    window.clearTimeout(this.#timer);
    if (this.#inFlight?.id) void gapsApi.cancel(this.#inFlight.id).catch(() => {}); // it may have ended by itself
    this.#quickly = true;
    this.following = true;
    const started = this.#started;
    try {
      while (started === this.#started && !shown()) await this.#takeQuick(stated, this.edits, started);
      this.problem = null;
    } catch (error) {
      if (started === this.#started && !(error instanceof Refused && SLOWLY.includes(error.problem.code))) this.problem = error;
    }
    this.#quickly = false;
    if (started !== this.#started) return;
    this.following = false;
    this.#timer = window.setTimeout(() => void this.#follow(), SETTLE);
  }

  async #takeQuick(stated: Shown, edits: Edits, started: number): Promise<void> {
    const seen = this.#seen();
    const { answer, piece } = await gapsApi.draft(stated.id, this.#draft(edits));
    if (started !== this.#started) return;
    const sheet = this.#held !== 0 ? this.picture?.sheet : undefined;
    this.#held = answer.held;
    this.#taken = { edits, seen };
    this.answered = edits;
    if (edits === this.edits) this.following = false;
    if (piece && !(sheet && lay(sheet, piece))) this.picture = { sheet: sheetOf(piece) };
    else if (sheet) this.picture = { sheet };
    this.shown = { id: '', answer: quickAnswer(stated.answer, answer), quick: true };
    if (this.gap && !this.shown.answer.gaps.some((gap) => gap.id === this.gap)) this.gap = null;
  }

  #seen(): string {
    return `${this.hour} ${this.party}`;
  }

  #draft(edits: Edits) {
    return { draft: edits, hour: this.hour, party: this.party, held: this.#held };
  }

  async #follow(): Promise<void> {
    if (this.#inFlight || this.#quickly || !this.stated) return;
    const edits = this.edits;
    const request = this.#request(edits);
    if (!request) return;
    this.#inFlight = { id: null, edits };
    const started = this.#started;
    try {
      // asked again even where it was answered before: a node remembers only so many answers with their pictures
      const { id } = await gapsApi.start(request);
      this.#inFlight.id = id;
      const wanted = (): boolean => started === this.#started && edits === this.edits;
      const shown = await this.#finish(id, wanted);
      if (shown && wanted()) {
        await this.#show(shown, edits, wanted);
        this.problem = null;
      }
    } catch (error) {
      if (started === this.#started) this.problem = error;
    }
    this.#inFlight = null;
    if (edits !== this.edits && started === this.#started && !this.#quickly) void this.#follow();
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
  async #show(shown: Shown, edits: Edits, wanted: () => boolean = () => true): Promise<void> {
    const seen = this.#seen();
    const hourClass = shown.answer.classes[this.hour] ?? 0;
    const sight = this.sight && Boolean(shown.answer.expected);
    // what was followed up to these edits is painted as the whole answer has it
    const painted = !sight && this.#held !== 0 && this.#taken.edits === edits && this.#taken.seen === seen;
    if (!painted) {
      const sheet = await this.#pictureOf(shown.id, hourClass, this.party, sight).catch((error: unknown) => {
        this.problem = error;
        return null;
      });
      if (!wanted()) return;
      this.#held = 0;
      this.picture = sheet && { sheet };
    }
    this.#taken = { edits, seen };
    this.answered = edits;
    this.shown = shown;
    if (this.gap && !shown.answer.gaps.some((gap) => gap.id === this.gap)) this.gap = null;
  }

  #pictureOf(id: string, hourClass: number, party: string, sight: boolean): Promise<Sheet> {
    const key = `${id}/${hourClass}/${sight ? '' : party}/${String(sight)}`;
    const held = this.#pictures.get(key);
    if (held) return held;
    const asked = gapsApi.cells(id, hourClass, party, sight);
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
    this.density = null;
    this.rounds = [];
    this.took = null;
    this.#held = 0;
    this.#editedAt = 0;
    this.#answers.clear();
    this.#pictures.clear();
  }

  #readArea(): void {
    const kept = this.area ? readEdits(parsed(remembered(this.#key(`edits.${this.area}`)))) : NO_EDITS;
    this.edits = isEdited(kept) ? kept : NO_EDITS;
    this.drafts = [];
    void this.#noted(async () => {});
  }

  /** Something done with the drafts, and the drafts as they are afterwards. */
  async #noted(work: () => Promise<void>): Promise<void> {
    const { area } = this;
    if (!area) return;
    try {
      await work();
      const drafts = await notes.readDrafts(area);
      if (area === this.area) this.drafts = drafts;
    } catch (error) {
      this.problem = error;
    }
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

/** What a node says at once of a draft, as an answer in which ranks and outlines are not known. */
function quickAnswer(stated: GapsAnswer, said: DraftAnswer): GapsAnswer {
  const known = new Map(stated.gaps.map((gap) => [gap.id, gap]));
  const weeks = new Map<string, string>();
  const week = (open: number[]): string => {
    const key = open.join();
    const held = weeks.get(key) ?? said.classes.map((one) => (open.includes(one) ? '1' : '0')).join('');
    weeks.set(key, held);
    return held;
  };
  const gaps = said.gaps.map((one): Gap => {
    const same = one.same === null ? undefined : known.get(one.same);
    return {
      ...(same ?? BARE),
      id: same?.id ?? one.key,
      polygon: null,
      area_km2: one.area_km2,
      hours_per_week: one.hours_per_week,
      classes_open: one.classes_open,
      hours: week(one.classes_open),
      rank: null,
      rank_without: {},
      trend: null,
    };
  });
  return { ...stated, digest: '', classes: said.classes, hours: said.hours, gaps, left_out: said.left_out };
}

const BARE = { depth_m: null, nearest: {}, incidents: { count: 0, rate: null, low: null, high: null }, settlements: 0, roads_km: 0, exposure: 0 };

/** A run that failed says why in the words of a refusal. */
function failure(status: RunStatus): Error {
  return new Refused(422, { code: status.code ?? 'gaps.failed', refused: status.message ?? status.stage, kept: '', next: '' });
}

export const gaps = new GapsDesk();

/** The posts, patrols and bases that the area's answer may rest on, as this node knows them. */
export function objectsOf(...kinds: string[]) {
  return live.visible.filter((object) => kinds.includes(object.kind) && !object.erased);
}
