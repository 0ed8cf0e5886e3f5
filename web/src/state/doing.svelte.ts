// Something that is asked of the node: under way or not, and why it was refused.

export class Doing {
  busy = $state(false);
  problem = $state.raw<unknown>(null);

  async do(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = error;
    }
    this.busy = false;
  }
}
