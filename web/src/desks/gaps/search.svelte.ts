// A search that goes on at the node: begun, asked after until it ends, stopped; what it had found by then stays.

const EVERY = 300;

export interface Asked<Found> {
  begin: () => Promise<{ id: string }>;
  look: (id: string) => Promise<Found>;
  stop: (id: string) => Promise<unknown>;
}

export class Search<Found> {
  found = $state.raw<Found | null>(null);
  problem = $state.raw<unknown>(null);
  running = $state(false);
  stopped = $state(false);
  #asked = 0;
  #end: (() => Promise<void>) | null = null;

  /** Begin anew; `atWork` says whether an answer is not the last. */
  async begin(ask: Asked<Found>, atWork: (found: Found) => boolean): Promise<void> {
    await this.stop();
    const mine = ++this.#asked;
    this.found = null;
    this.problem = null;
    this.running = true;
    this.stopped = false;
    try {
      const { id } = await ask.begin();
      if (mine !== this.#asked) return void (await ask.stop(id).catch(() => {})); // no longer wanted when it began
      this.#end = async () => {
        await ask.stop(id).catch(() => {}); // it may have ended by itself
        this.found = await ask.look(id).catch(() => this.found);
      };
      while (mine === this.#asked) {
        const found = await ask.look(id);
        if (mine !== this.#asked) return;
        this.found = found;
        if (!atWork(found)) break;
        await new Promise((resolve) => window.setTimeout(resolve, EVERY));
      }
    } catch (error) {
      if (mine === this.#asked) this.problem = error;
    }
    if (mine === this.#asked) this.#close();
  }

  /** Stop it; what it had found stays, as it stands at the node. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#asked += 1;
    this.stopped = true;
    const end = this.#end;
    this.#close();
    await end?.();
  }

  #close(): void {
    this.running = false;
    this.#end = null;
  }
}
