import { type HomebodyError, toHomebodyError } from '../errors.js';
import type { Journal, Machine, Shelf } from './journal.js';

/** Sealing and writing are work, and this is where somebody scrolls. */
const SAVE_EVERY_MS = 1000;

/** Who is told what the saver does. */
export interface SaverHooks {
  /** Saved as this revision; the other tabs want to know. */
  readonly saved: (revision: number) => void;
  /** Another tab's profile was taken in. */
  readonly merged: () => void;
  /** Another tab has erased everything meanwhile. */
  readonly erased: () => void;
  readonly report: (error: HomebodyError) => void;
  /** Between two saves at least. Default 1000. */
  readonly everyMs?: number | undefined;
}

/** Brings the journal to the shelf, one save after the other: at once, then at most once a second. */
export class Saver {
  readonly #journal: Journal<Machine>;
  readonly #shelf: Shelf;
  readonly #hooks: SaverHooks;
  #queue: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #savedAt = -Infinity;
  #failing = false;
  #closed = false;

  constructor(journal: Journal<Machine>, shelf: Shelf, hooks: SaverHooks) {
    this.#journal = journal;
    this.#shelf = shelf;
    this.#hooks = hooks;
  }

  /** Saves soon, if there is something to save. The first save waits for nothing: the next page may be a click away. */
  schedule(): void {
    if (this.#timer !== undefined || !this.#journal.dirty || this.#closed) return;
    const wait = this.#savedAt + (this.#hooks.everyMs ?? SAVE_EVERY_MS) - Date.now();
    if (wait <= 0) void this.now();
    else this.#timer = setTimeout(() => void this.now(), wait);
  }

  /** Saves; resolves when it is done or has failed. */
  now(): Promise<unknown> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#inTurn(() => this.#save());
  }

  /** Another tab has saved: takes its profile, with what is not saved here on top. */
  savedElsewhere(revision: number): void {
    void this.#inTurn(async () => {
      if (revision === this.#journal.revision) return;
      if (this.#journal.dirty) await this.#save();
      else if (await this.#journal.refresh(this.#shelf)) this.#hooks.merged();
    });
  }

  /** No save begins after this. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #inTurn(work: () => Promise<void>): Promise<unknown> {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await work();
        this.#failing = false;
      } catch (thrown) {
        // Said once, not with every try; closing in the middle of a save is no failure.
        if (!this.#failing && !this.#isClosed()) this.#hooks.report(toHomebodyError(thrown));
        this.#failing = true;
      }
    });
    return this.#queue;
  }

  async #save(): Promise<void> {
    this.#savedAt = Date.now();
    const before = this.#journal.revision;
    const outcome = await this.#journal.save(this.#shelf);
    if (outcome === 'erased') this.#hooks.erased();
    if (outcome !== 'saved') return;
    this.#hooks.saved(this.#journal.revision);
    if (this.#journal.revision > before + 1) this.#hooks.merged();
    this.schedule();
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
