// The sound of the hotline: two tones, again and again, made by the browser itself. No file, no other page.

const EVERY = 2_500;
const TONES = [880, 660];
const SECONDS = 0.22;

export class Ringer {
  #context: AudioContext | null = null;
  #timer: number | undefined;

  constructor(private readonly blocked: (blocked: boolean) => void) {}

  ring(on: boolean): void {
    if (!on) {
      window.clearInterval(this.#timer);
      this.#timer = undefined;
      this.blocked(false);
      return;
    }
    if (this.#timer !== undefined) return;
    this.#sound();
    this.#timer = window.setInterval(() => this.#sound(), EVERY);
  }

  #sound(): void {
    if (typeof AudioContext === 'undefined') return this.blocked(true);
    this.#context ??= new AudioContext();
    const context = this.#context;
    if (context.state === 'suspended') {
      this.blocked(true);
      void context.resume().then(() => this.blocked(context.state !== 'running'), () => {});
      return;
    }
    this.blocked(false);
    TONES.forEach((tone, i) => {
      const start = context.currentTime + i * SECONDS;
      const source = context.createOscillator();
      const volume = context.createGain();
      source.frequency.value = tone;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + SECONDS);
      source.connect(volume).connect(context.destination);
      source.start(start);
      source.stop(start + SECONDS);
    });
  }
}
