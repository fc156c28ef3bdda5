import { HomebodyError, toHomebodyError } from '../errors.js';
import { whenIdle } from '../idle.js';
import type { Table } from '../table.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import { Annex } from './annex.js';
import type { SessionContext } from './context.js';
import { Engine, type Equipment } from './engine.js';
import { Journal, type Noted, type Stored } from './journal.js';
import { Lists } from './lists.js';
import { begin } from './begin.js';
import { fault } from './notes.js';
import { SegmentWatch } from './segment.js';
import { useCache } from './offline.js';
import { type Home, memoryHome, openHome } from './persist.js';
import { Saver } from './saver.js';
import { loadRankModule, type RankModule } from './wasm.js';

export type { Noted } from './journal.js';
export * from './verbs.js';
export { wipe } from './wipe.js';

const WARM_UP_WITHIN_MS = 1000;

/** The time between consent and its end on one page: the device, its profile on disk, and the other tabs. */
export class Session {
  readonly #context: SessionContext;
  readonly #glue: RankModule;
  readonly #annex: Annex;
  #told: unknown;
  #home: Home;
  #pool: Table | undefined;
  #catalog: Table | undefined;
  #idSeed: number;
  readonly #journal: Journal<Engine>;
  readonly #saver: Saver;
  readonly #lists = new Lists();
  readonly #segment: SegmentWatch;
  #state: 'fine' | 'crashed' | 'dead' | 'closed' = 'fine';

  private constructor(
    context: SessionContext,
    glue: RankModule,
    annex: Annex,
    home: Home,
    pool: Table | undefined,
    stored: Stored,
  ) {
    this.#context = context;
    this.#glue = glue;
    this.#annex = annex;
    this.#home = home;
    this.#pool = pool;
    this.#idSeed = pool?.idSeed ?? 0;
    this.#journal = this.#start(stored);
    this.#segment = new SegmentWatch(this.#journal.machine, context.moved);
    const { post, changed, report } = context;
    this.#saver = new Saver(this.#journal, this.#home, {
      saved: (revision) => post({ type: 'profile-saved', revision }),
      merged: () => {
        this.#segment.look(this.#journal.machine);
        changed();
      },
      erased: () => this.close(),
      report,
    });
  }

  /** Opens storage and module; rejects when the module cannot be had. Storage that cannot be had is only reported. */
  static async open(context: SessionContext): Promise<Session> {
    const { sync, settings, report } = context;
    const loading = loadRankModule(settings.wasm);
    loading.catch(() => undefined); // Awaited below, after the storage.
    const annex = new Annex(loading, settings.annexWasm);
    const home = await openHome(report, context.isAllowed);
    try {
      if (home.cache) await useCache(sync, home.cache, context);
      const pool = await sync.pool(settings.placement).catch(() => undefined);
      if (annex.isNeeded(pool)) await annex.load();
      const session = new Session(context, await loading, annex, home, pool, await home.load());
      whenIdle(() => session.#warmUp(), WARM_UP_WITHIN_MS);
      return session;
    } catch (thrown) {
      sync.cache = sync.fetched = undefined;
      home.close();
      throw thrown;
    }
  }

  /** Whether the visitor chose everybody's order on an earlier page. */
  get storedNeutral(): boolean {
    return this.#home.neutral;
  }

  /** Keeps that choice. */
  keepNeutral(on: boolean): Promise<void> {
    return this.#home.keepNeutral(on);
  }

  /** Takes in what the visitor did. */
  ingest(batch: readonly Noted[]): void {
    for (const noted of batch) {
      if (this.#state === 'dead' || this.#state === 'closed') return;
      const wrong = fault(noted);
      if (wrong) this.#context.report(wrong);
      else try {
        this.#journal.apply(noted);
        this.#segment.look(this.#journal.machine);
      } catch (thrown) {
        this.#journal.dropLast();
        this.#failed(thrown);
      }
    }
    this.#saver.schedule();
    if (batch.some((noted) => !('attention' in noted))) this.#context.changed();
  }

  /** The name of the visitor's segment, when there is one. */
  get segment(): string | null {
    return this.#segment.name;
  }

  /** Asks the device, with the pool it ranks by; null when it cannot be asked. */
  ask<T>(question: (engine: Engine) => T): T | null {
    return this.#guarded(() => question(this.#journal.machine));
  }

  /** Loads the annex; false, and reported once a try, when it cannot be had. */
  async complete(): Promise<boolean> {
    try {
      await this.#annex.load();
      return true;
    } catch (thrown) {
      if (thrown !== this.#told) this.#failed(thrown);
      this.#told = thrown;
      return false;
    }
  }

  /** The visitor's order; null when it cannot be had. */
  async rank<T extends { id: string }>(
    pool: Table,
    candidates: readonly T[] | undefined,
    options: RankOptions,
  ): Promise<Ranked<T | Display>[] | null> {
    if (this.#annex.isNeeded(pool, options.policy) && !(await this.complete())) return null;
    return this.#guarded(() => {
      this.#usePool(pool);
      return this.#lists.rank(this.#journal.machine, this.#annex, pool, candidates, options);
    });
  }

  /** The profile's bytes, for the care module. */
  profile(): Uint8Array<ArrayBuffer> {
    const bytes = this.#guarded(() => this.#journal.machine.snapshot());
    if (!bytes) throw new HomebodyError('wasm_crashed', 'the profile cannot be read on this page any more');
    return bytes;
  }

  /** Changes the profile by the visitor's own hand, and saves. */
  async edit(edit: (profile: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      this.#journal.apply({ edit });
    } catch (thrown) {
      this.#journal.dropLast();
      throw toHomebodyError(thrown);
    }
    await this.#saver.now();
    this.#context.changed();
  }

  /** Other purposes are allowed now. */
  consentChanged(): void {
    const { bits, epoch } = this.#equipment();
    this.#guarded(() => this.#journal.machine.setConsent(bits, epoch));
  }

  /** Another tab has saved its profile. */
  savedElsewhere(revision: number): void {
    this.#saver.savedElsewhere(revision);
  }

  /** Saves now. */
  save(): Promise<unknown> {
    return this.#saver.now();
  }

  /** Lets go of everything in memory; what is on disk is not this method's business. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#saver.close();
    try {
      this.#journal.machine.erase();
      this.#journal.close();
    } catch {
      // A crashed device cannot be asked; the reset below takes its memory.
    }
    this.#renew();
    this.#home.close();
  }

  /** Makes the module new: what was in its memory is gone. */
  #renew(): void {
    if (!this.#glue.__wbg_reset_state) return;
    this.#glue.__wbg_reset_state();
    if (this.#state !== 'closed') this.#annex.renew();
    this.#journal.machine.abandon();
  }

  #start(stored: Stored): Journal<Engine> {
    const restore = (profile: Uint8Array<ArrayBuffer> | null): Engine => new Engine(this.#glue, profile, this.#equipment());
    return begin(stored, restore, this.#context.report, () => {
      this.#home.close();
      this.#home = memoryHome();
    });
  }

  #equipment(): Equipment {
    const [bits, epoch, idSeed] = [this.#context.bits(), this.#home.epoch, this.#idSeed];
    return { bits, epoch, idSeed, pool: this.#pool, catalog: this.#catalog };
  }

  #usePool(pool: Table): void {
    this.#pool = pool;
    if (pool.idSeed !== this.#idSeed) {
      this.#idSeed = pool.idSeed;
      this.#catalog = undefined;
      this.#journal.rebuild();
    }
    this.#journal.machine.usePool(pool);
    this.#segment.rename(this.#journal.machine);
  }

  /** One ranking that nobody waits for, so that the first click does not pay for compilation; then the catalogue. */
  #warmUp(): void {
    const pool = this.#pool;
    if (this.#state !== 'fine' || !pool) return;
    void this.rank(pool, undefined, { limit: 1 });
    if (!this.#context.settings.catalog) return;
    const use = async (catalog: Table | null): Promise<void> => {
      if (catalog && this.#annex.isNeeded(catalog) && !(await this.complete())) return;
      if (!catalog || catalog.idSeed !== this.#idSeed || this.#state !== 'fine') return;
      this.#catalog = catalog;
      this.#guarded(() => this.#journal.machine.useCatalog(catalog));
      this.#context.changed();
    };
    this.#context.sync.catalog().then(use, () => undefined); // Reported where it failed.
  }

  /** Runs `work`; when the module crashes it is made new from the profile once and asked again. */
  #guarded<T>(work: () => T): T | null {
    for (;;) {
      if (this.#state === 'dead' || this.#state === 'closed') return null;
      try {
        return work();
      } catch (thrown) {
        this.#failed(thrown);
        if (!(thrown instanceof WebAssembly.RuntimeError)) return null;
      }
    }
  }

  /** Reports a failure; after a first crash the module works again, after a second it is given up. */
  #failed(thrown: unknown): HomebodyError {
    if (!(thrown instanceof WebAssembly.RuntimeError)) {
      const error = toHomebodyError(thrown);
      this.#context.report(error);
      return error;
    }
    const error = new HomebodyError('wasm_crashed', thrown.message, thrown);
    this.#state = this.#state === 'crashed' ? 'dead' : 'crashed';
    try {
      if (this.#state === 'crashed') {
        this.#renew();
        this.#journal.rebuild();
      }
    } catch {
      this.#state = 'dead';
    }
    if (this.#state === 'dead') this.#context.report(error);
    return error;
  }
}
