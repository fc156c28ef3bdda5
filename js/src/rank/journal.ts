import type { Kind } from '../kinds.js';
import type { Attention } from '../types.js';

/** What the visitor did, with its moment. */
export type Noted =
  | { readonly kind: Kind; readonly item: string; readonly value: number; readonly nowMs: number }
  | { readonly facet: number; readonly answer: number; readonly nowMs: number }
  | { readonly attention: Attention; readonly nowMs: number };

/** A change made by the visitor's own hand, such as forgetting an item. */
export interface Edit {
  readonly edit: (profile: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** One entry of the journal. */
export type Entry = Noted | Edit;

/** The part of the device that the journal drives. */
export interface Machine {
  note(entry: Noted): void;
  snapshot(): Uint8Array<ArrayBuffer>;
  free(): void;
}

/** A profile as it is kept. */
export interface Stored {
  /** Null when nothing is kept yet. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** Grows with every save of any tab. */
  readonly revision: number;
}

/** Where profiles are kept. */
export interface Shelf {
  load(): Promise<Stored>;
  /** Saves if the kept revision is still `base`; `'erased'` when the epoch has passed. */
  save(bytes: Uint8Array<ArrayBuffer>, base: number): Promise<'saved' | 'stale' | 'erased'>;
}

const MAX_ATTEMPTS = 8;
const DAY_MS = 86_400_000;

/**
 * The profile in memory: what was kept last, and every entry since. When another tab has saved meanwhile, its profile
 * is taken and our entries are made again on top, so no tab loses what it saw. The same serves after a crash.
 */
export class Journal<M extends Machine> {
  machine: M;
  /** Revision that the base came from. */
  revision: number;
  readonly #restore: (profile: Uint8Array<ArrayBuffer> | null) => M;
  #base: Uint8Array<ArrayBuffer> | null;
  #entries: Entry[] = [];
  #unsaved = 0;
  #day = dayOf(Date.now());

  constructor(stored: Stored, restore: (profile: Uint8Array<ArrayBuffer> | null) => M) {
    this.#restore = restore;
    this.#base = stored.bytes;
    this.revision = stored.revision;
    this.machine = restore(stored.bytes);
  }

  /** Whether there is something to save. */
  get dirty(): boolean {
    return this.#unsaved > 0;
  }

  /** Makes an entry. */
  apply(entry: Entry): void {
    // Noted before it is made, so that a crash on it cannot lose it; the caller drops an entry that crashes twice.
    this.#entries.push(entry);
    if (isChange(entry)) this.#unsaved++;
    this.#make(entry);
  }

  /**
   * On another day takes the profile anew, and that is a change: what is too old by now goes. Opening a page does the same,
   * but a tab may sleep for months.
   */
  wake(nowMs: number): void {
    if (dayOf(nowMs) === this.#day) return;
    this.#day = dayOf(nowMs);
    this.apply({ edit: (profile) => profile });
  }

  /** Drops the newest entry: the one the machine crashed on. */
  dropLast(): void {
    const entry = this.#entries.pop();
    if (entry && isChange(entry)) this.#unsaved--;
  }

  /** Builds the machine again from its base and the entries since. */
  rebuild(): void {
    this.#rebase({ bytes: this.#base, revision: this.revision });
  }

  /** Takes over what another tab has saved. True when there was something new. */
  async refresh(shelf: Shelf): Promise<boolean> {
    const stored = await shelf.load();
    if (stored.revision === this.revision) return false;
    this.#rebase(stored);
    return true;
  }

  /** Saves; entries made meanwhile stay for the next time. */
  async save(shelf: Shelf): Promise<'saved' | 'clean' | 'erased'> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (!this.dirty) return 'clean';
      const bytes = this.machine.snapshot();
      const count = this.#entries.length;
      const outcome = await shelf.save(bytes, this.revision);
      if (outcome === 'erased') return outcome;
      if (outcome === 'saved') {
        this.#base = bytes;
        this.revision++;
        this.#forgetEntries(count);
        return outcome;
      }
      this.#rebase(await shelf.load());
    }
    throw new Error('other tabs keep saving first');
  }

  /** Overwrites what is held and lets go of the machine. */
  close(): void {
    this.#base?.fill(0);
    this.#base = null;
    this.#entries = [];
    this.#unsaved = 0;
    this.machine.free();
  }

  #rebase(stored: Stored): void {
    const machine = this.#restore(stored.bytes);
    this.machine.free();
    this.machine = machine;
    this.#base = stored.bytes;
    this.revision = stored.revision;
    for (const entry of this.#entries) this.#make(entry);
  }

  #make(entry: Entry): void {
    if (!('edit' in entry)) return this.machine.note(entry);
    const machine = this.#restore(entry.edit(this.machine.snapshot()));
    this.machine.free();
    this.machine = machine;
    // The new machine has no open page; the visitor still has.
    for (const open of this.#openPage(this.#entries.indexOf(entry))) this.machine.note(open);
  }

  /** Keeps what the open page needs: its dwell is recorded only when it closes. */
  #forgetEntries(count: number): void {
    const open = this.#openPage(count);
    const later = this.#entries.slice(count);
    this.#unsaved = later.filter(isChange).length;
    this.#entries = [...open, ...later];
  }

  /** The signs of attention since the page was opened that is still open at `end`. */
  #openPage(end: number): Noted[] {
    const signs = this.#entries.slice(0, end).filter((entry) => 'attention' in entry);
    const types = signs.map(({ attention }) => attention.type);
    const [open, closed] = [types.lastIndexOf('open'), types.lastIndexOf('close')];
    return open > closed ? signs.slice(open) : [];
  }
}

/** Whether the profile differs afterwards. Opening a page closes the one before, which may record its dwell. */
function isChange(entry: Entry): boolean {
  return !('attention' in entry) || entry.attention.type === 'close' || entry.attention.type === 'open';
}

function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}
