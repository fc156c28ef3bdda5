import { HomebodyError, toHomebodyError } from '../errors.js';

/**
 * How the module fares on this page. A crash of WebAssembly is fatal for the instance, not for the visitor: after the first
 * one the module is made new from the profile, after a second it is given up, and the page goes on in neutral order.
 */
export class Health {
  #state: 'fine' | 'crashed' | 'dead' | 'closed' = 'fine';
  readonly #report: (error: HomebodyError) => void;
  readonly #remake: () => void;

  /** `remake` makes the module new, with what the profile held. */
  constructor(report: (error: HomebodyError) => void, remake: () => void) {
    this.#report = report;
    this.#remake = remake;
  }

  /** Whether nothing has happened to it yet. */
  get isFine(): boolean {
    return this.#state === 'fine';
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Whether it can be asked. */
  get isAlive(): boolean {
    return this.#state === 'fine' || this.#state === 'crashed';
  }

  /** Nothing is asked after this. */
  close(): void {
    this.#state = 'closed';
  }

  /** Runs `work`, once more after a crash; null when it failed, or nobody can be asked. */
  guard<T>(work: () => T): T | null {
    while (this.isAlive) {
      try {
        return work();
      } catch (thrown) {
        this.failed(thrown);
        if (!(thrown instanceof WebAssembly.RuntimeError)) return null;
      }
    }
    return null;
  }

  /** Takes note of a failure, and tells it unless the module could be made new. */
  failed(thrown: unknown): void {
    if (!(thrown instanceof WebAssembly.RuntimeError)) return this.#report(toHomebodyError(thrown));
    this.#state = this.#state === 'crashed' ? 'dead' : 'crashed';
    try {
      if (this.#state === 'crashed') return this.#remake();
    } catch {
      this.#state = 'dead';
    }
    this.#report(new HomebodyError('wasm_crashed', thrown.message, thrown));
  }
}
