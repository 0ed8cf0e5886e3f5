// The one store that every desk reads: this node, the circle at hand, its picture and its ledgers, fed by the
// picture's pages and then by the stream.

import { api, Unanswered } from '../api/client';
import { openStream } from '../api/stream';
import type { CircleInfo, Ledgers, LedgerView, NodeInfo, PartyInfo, PictureObject } from '../api/types';
import { clock } from './clock.svelte';
import { link } from './link.svelte';
import { remember, remembered } from './memory';
import { apply, NOTHING, type Objects } from './objects';

const FRESH_FOR = 12_000;
const NODE_EVERY = 8_000;
/** So often while it does not answer. */
const ASK_AGAIN = 2_000;

class Live {
  node = $state.raw<NodeInfo | null>(null);
  circleId = $state<string | null>(null);
  objects = $state.raw<Objects>(NOTHING);
  ledgers = $state.raw<Ledgers | null>(null);
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  stream = $state<'opening' | 'live' | 'cut'>('opening');
  loading = $state(true);
  problem = $state.raw<unknown>(null);
  /** Incidents are too many to be held here: map and log ask for what they show. */
  apart = $state(false);
  /** Rises when there is something new among those. */
  turn = $state(0);
  /** The moment the picture is shown as of; null is the live end. */
  asOf = $state<number | null>(null);

  circle = $derived<CircleInfo | null>(this.node?.circles.find((c) => c.id === this.circleId) ?? null);
  exercise = $derived(this.circle?.exercise ?? this.node?.exercise ?? false);
  me = $derived(this.node?.party.id ?? '');
  visible = $derived<PictureObject[]>(
    [...this.objects.values()].filter((o) => this.asOf === null || o.at <= this.asOf),
  );

  #seq = 0;
  #close: (() => void) | null = null;
  #queue: PictureObject[] = [];
  #flushing = false;
  #opened = 0;
  #wanted = new Set<string>();

  party(id: string): PartyInfo | undefined {
    return this.node?.parties.find((p) => p.id === id);
  }

  /** Signed in: ask for the node, open the circle last used, keep asking. The answer stops it. */
  begin(): () => void {
    void this.#start();
    let asked = 0;
    const timer = window.setInterval(() => {
      asked += ASK_AGAIN;
      if (link.up && asked < NODE_EVERY) return;
      asked = 0;
      void this.#again();
    }, ASK_AGAIN);
    return () => {
      window.clearInterval(timer);
      this.#close?.();
      this.#close = null;
      this.node = null;
      this.circleId = null;
      this.objects = NOTHING;
      this.ledgers = null;
    };
  }

  async #again(): Promise<void> {
    try {
      await this.refreshNode();
      if (this.problem instanceof Unanswered && !this.loading) this.retry();
    } catch {
      // asked again
    }
  }

  async #start(): Promise<void> {
    try {
      await this.refreshNode();
      const circles = this.node?.circles ?? [];
      const last = remembered('circle');
      const first = circles.find((c) => c.id === last) ?? circles.find((c) => !c.private) ?? circles[0];
      if (first) await this.open(first.id);
      else this.loading = false;
    } catch (error) {
      if (error instanceof Unanswered) this.#asLast();
      this.problem = error;
      this.loading = false;
    }
  }

  /** The node does not answer: whom one could speak to last, so that one can write; nothing that anybody said. */
  #asLast(): void {
    try {
      this.node = JSON.parse(remembered('node') ?? 'null') as NodeInfo | null;
    } catch {
      this.node = null;
    }
    const circles = this.node?.circles ?? [];
    this.circleId = (circles.find((c) => c.id === remembered('circle')) ?? circles[0])?.id ?? null;
    this.stream = 'cut';
  }

  retry(): void {
    this.problem = null;
    this.loading = true;
    if (this.circleId && link.up) void this.open(this.circleId);
    else void this.#start();
  }

  async refreshNode(): Promise<void> {
    const node = await api.node();
    clock.correct(node.now);
    this.node = node;
    remember('node', JSON.stringify({ ...node, warnings: [], forks: [], clock: null }));
  }

  async refreshLedgers(): Promise<void> {
    this.ledgers = await api.ledgers();
    // an alarm waits for no timer
    const known = new Set(this.node?.forks.map((fork) => fork.origin));
    if (this.ledgers.ledgers.some((ledger) => ledger.frozen && !known.has(ledger.origin))) await this.refreshNode();
  }

  /** The ledger that an object stands in, once the ledgers are here. */
  ledgerOf(object: PictureObject): LedgerView | undefined {
    return this.ledgers?.ledgers.find(
      (one) => one.party === object.party && one.circle === object.circle && one.epoch === object.epoch,
    );
  }

  async open(circleId: string): Promise<void> {
    const opened = ++this.#opened;
    this.#close?.();
    this.#close = null;
    this.circleId = circleId;
    remember('circle', circleId);
    this.objects = NOTHING;
    this.fresh = new Set();
    this.asOf = null;
    this.stream = 'opening';
    this.loading = true;
    this.problem = null;
    this.#queue = [];
    this.#wanted.clear();
    this.#seq = 0;
    this.apart = false;
    try {
      for (let more = true; more; ) {
        const page = await api.picture(circleId, this.#seq, this.apart);
        if (opened !== this.#opened) return;
        this.apart = page.apart;
        this.#take(page.objects, false);
        this.#seq = Math.max(this.#seq, page.seq);
        more = page.more && page.objects.length > 0;
      }
      void this.refreshLedgers().catch(() => {});
      this.#close = openStream(circleId, {
        after: () => this.#seq,
        object: (object) => this.#enqueue(object),
        heads: (ledgers) => {
          if (ledgers) this.ledgers = ledgers;
          else void this.refreshLedgers().catch(() => {});
        },
        crowd: () => {
          if (this.apart) this.turn += 1;
          else void this.open(circleId);
        },
        refusal: () => void this.refreshLedgers().catch(() => {}),
        state: (open) => (this.stream = open ? 'live' : 'cut'),
      });
    } catch (error) {
      if (opened === this.#opened) this.problem = error;
    } finally {
      if (opened === this.#opened) this.loading = false;
    }
  }

  /** One that came by a page of its own is held from now on: it is in hand. */
  hold(object: PictureObject): void {
    // its number says nothing of what came before it: the stream goes on from where it was
    this.objects = apply(this.objects, this.#seq, [object]).objects;
  }

  /** A report that is in hand or named somewhere, and is not held here. */
  async want(ref: string): Promise<void> {
    const circle = this.circleId;
    if (!this.apart || !circle || this.objects.has(ref) || this.#wanted.has(ref) || ref.startsWith('page/')) return;
    this.#wanted.add(ref);
    try {
      const { object } = await api.record(circle, ref);
      if (circle === this.circleId) this.hold(object);
    } catch {
      // what is no record of this circle is shown as nothing in hand
    }
  }

  /** Objects of one moment are taken together: a burst costs one redraw. */
  #enqueue(object: PictureObject): void {
    this.#queue.push(object);
    if (this.#flushing) return;
    this.#flushing = true;
    window.setTimeout(() => {
      this.#flushing = false;
      this.#take(this.#queue.splice(0), true);
    }, 40);
  }

  #take(objects: PictureObject[], marked: boolean): void {
    const mine = objects.filter((o) => o.circle === this.circleId || !o.circle);
    const { objects: next, seq, changed } = apply(this.objects, this.#seq, mine);
    this.#seq = seq;
    if (changed.length === 0) return;
    this.objects = next;
    if (!marked) return;
    if (this.apart && mine.some((one) => one.kind === 'incident')) this.turn += 1;
    this.fresh = new Set([...this.fresh, ...changed]);
    window.setTimeout(() => {
      const left = new Set(this.fresh);
      changed.forEach((ref) => left.delete(ref));
      this.fresh = left;
    }, FRESH_FOR);
  }
}

export const live = new Live();
