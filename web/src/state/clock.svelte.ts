// The node's clock as the page shows it: ticks every second, corrected by what the node said its time is, so that
// ages are right on a laptop with a wrong clock and in a scenario.

class Clock {
  #offset = $state(0);
  #local = $state(Date.now());
  now = $derived(this.#local + this.#offset);

  start(): () => void {
    const timer = window.setInterval(() => (this.#local = Date.now()), 1000);
    return () => window.clearInterval(timer);
  }

  correct(nodeNow: number): void {
    this.#local = Date.now();
    this.#offset = nodeNow - this.#local;
  }

  /** The node's time at this moment, for forms. */
  read(): number {
    return Date.now() + this.#offset;
  }
}

export const clock = new Clock();
