import type { WorkerAsked } from './asked.js';
import type { Line } from './line.js';

/** How long nothing may be heard of a worker before it is asked whether it is there. */
const BEAT_MS = 5_000;
/** Beats without a sign of life: more than one, as a page that was frozen hears the clock first. */
const MISSED = 2;

/** Notices, while somebody waits for an answer, that nobody is there any more: a worker can end without a word. */
export class Pulse {
  readonly #line: Line<WorkerAsked>;
  readonly #lost: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #missed = 0;

  constructor(line: Line<WorkerAsked>, lost: () => void) {
    this.#line = line;
    this.#lost = lost;
  }

  /** Listens until `work` is settled. */
  while<T>(work: Promise<T>): Promise<T> {
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS);
    return work;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#missed = 0;
  }

  #beat(): void {
    if (!this.#line.isWaiting) return this.stop();
    this.#missed = this.#line.heard ? 0 : this.#missed + 1;
    this.#line.heard = false;
    if (this.#missed > MISSED) this.#lost();
    else void this.#line.ask('ping').catch(() => undefined); // Heard of, or missed at the next beat.
  }
}
