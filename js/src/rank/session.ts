import { HomebodyError, toHomebodyError } from '../errors.js';
import type { Table } from '../table.js';
import type { Display, Ranked, RankOptions, WasmInput } from '../types.js';
import type { Annex } from './annex.js';
import type { SessionContext } from './context.js';
import { Engine, type Equipment, type RankedRow } from './engine.js';
import { Health } from './health.js';
import { Journal, type Noted, type Stored } from './journal.js';
import { Lists } from './lists.js';
import { begin } from './begin.js';
import { Contributing } from './contributing.js';
import { fault } from './notes.js';
import { SegmentWatch } from './segment.js';
import type { Given, PageSession, Verbs } from './page-session.js';
import { type Home, memoryHome } from './persist.js';
import { placed, presented } from './place.js';
import { Saver } from './saver.js';
import { Tables } from './tables.js';
import { verbs } from './verbs.js';
import type { RankModule } from './wasm.js';

type Work = (session: Session, ...given: unknown[]) => unknown;

/** The time between consent and its end on one page: the device, its profile on disk, and the other tabs. */
export class Session implements PageSession {
  readonly #context: SessionContext;
  readonly #glue: RankModule;
  readonly #annex: Annex;
  #told: unknown;
  #home: Home;
  readonly #tables: Tables;
  readonly #journal: Journal<Engine>;
  readonly #saver: Saver;
  readonly #lists = new Lists();
  readonly #segment: SegmentWatch;
  readonly #health: Health;
  #isNew = false;
  readonly contributing: Contributing;

  constructor(context: SessionContext, glue: RankModule, annex: Annex, home: Home, pool: Table | undefined, stored: Stored) {
    this.#context = context;
    this.#glue = glue;
    this.#annex = annex;
    this.#home = home;
    this.#tables = new Tables(pool);
    this.#health = new Health(context.report, () => (this.#renew(), this.#journal.rebuild()));
    this.#journal = this.#start(stored);
    this.#segment = new SegmentWatch(this.#journal.machine, context.moved);
    const { post, changed, report, saveEveryMs: everyMs } = context;
    this.#saver = new Saver(this.#journal, this.#home, {
      saved: (revision) => post({ type: 'profile-saved', revision }),
      merged: () => {
        this.#segment.look(this.#journal.machine);
        changed();
      },
      erased: () => this.close(),
      report,
      everyMs,
    });
    this.contributing = new Contributing(context, this.#home, this, () => this.#tables.catalog ?? this.#tables.pool);
  }

  /** One ranking that nobody waits for, so that the first click does not pay for compilation; then the catalogue. */
  warmUp(): void {
    const { pool } = this.#tables;
    if (!this.#health.isFine || !pool) return;
    void this.rank(pool, undefined, { limit: 1 });
    void this.#tables.whole(this.#useCatalog);
  }

  /** Whether the visitor chose everybody's order on an earlier page. */
  get storedNeutral(): boolean {
    return this.#home.neutral;
  }

  /** Keeps that choice. */
  keepNeutral(on: boolean): Promise<void> {
    return this.#home.keepNeutral(on);
  }

  /** Takes in what the visitor did; where more follows at once, a new ranking waits for it. */
  ingest(batch: readonly Noted[], isMore = false): void {
    for (const noted of batch) {
      if (!this.#health.isAlive) return;
      const wrong = fault(noted);
      if (wrong) this.#context.report(wrong);
      else try {
        this.#journal.apply(noted);
        this.#segment.look(this.#machine);
      } catch (thrown) {
        this.#journal.dropLast();
        this.#health.failed(thrown);
      }
    }
    this.#saver.schedule();
    this.#isNew ||= batch.some((noted) => !('attention' in noted));
    if (isMore || !this.#isNew) return;
    this.#isNew = false;
    this.#context.changed();
  }

  /** The name of the visitor's segment, when there is one. */
  get segment(): string | null {
    return this.#segment.name;
  }

  /** Asks the device, with the pool it ranks by; null when it cannot be asked. */
  ask<T>(question: (engine: Engine) => T): T | null {
    return this.#health.guard(() => question(this.#machine));
  }

  /** Loads the annex; false, and reported once a try, when it cannot be had. */
  async complete(): Promise<boolean> {
    try {
      await this.#annex.load();
      return true;
    } catch (thrown) {
      if (thrown !== this.#told) this.#health.failed(thrown);
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
    const rows = await this.rows(pool, candidates?.map(({ id }) => id), options);
    return rows && (candidates ? placed(rows, candidates, options) : presented(rows));
  }

  /** The rows of that order: of the page that is asked for, or of all ids up to its end. */
  async rows(pool: Table, ids: readonly string[] | undefined, options: RankOptions): Promise<readonly RankedRow[] | null> {
    if (this.#annex.isNeeded(pool, options.policy) && !(await this.complete())) return null;
    // Who is unknown goes behind the others: without the catalogue, a list of the page's own would be put in order twice.
    if (ids?.some((id) => pool.rowOf(id) === undefined)) await this.#tables.whole(this.#useCatalog);
    return this.#health.guard(() => {
      this.#usePool(pool);
      return this.#lists.rows(this.#machine, this.#annex, pool, ids, options);
    });
  }

  /** Asks by the verb's name; those of the care module bring it with them. */
  async call<V extends keyof Verbs>(verb: V, given: Given<V>): Promise<unknown> {
    const part = verb in verbs ? verbs : await import(/* webpackChunkName: "homebody.care" */ '../care.js');
    return (part as unknown as Readonly<Record<string, Work>>)[verb]!(this, ...given);
  }

  /** Where the care module is. */
  get careWasm(): WasmInput | undefined {
    return this.#context.settings.careWasm;
  }

  /** The profile's bytes, for the care module. */
  profile(): Uint8Array<ArrayBuffer> {
    const bytes = this.#health.guard(() => this.#machine.snapshot());
    if (!bytes) throw new HomebodyError('wasm_crashed', 'the profile cannot be read any more');
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
    this.#health.guard(() => this.#journal.machine.setConsent(bits, epoch));
    this.contributing.consentChanged();
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
    if (this.#health.isClosed) return;
    this.#health.close();
    this.contributing.close();
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

  /** The device, which knows no more than it may today. */
  get #machine(): Engine {
    this.#journal.wake(Date.now());
    return this.#journal.machine;
  }

  /** Makes the module new: what was in its memory is gone. */
  #renew(): void {
    if (!this.#glue.__wbg_reset_state) return;
    this.#glue.__wbg_reset_state();
    if (!this.#health.isClosed) this.#annex.renew();
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
    const { pool, catalog, idSeed } = this.#tables;
    return { bits: this.#context.bits(), epoch: this.#home.epoch, idSeed, days: this.#context.promised.days, pool, catalog };
  }

  readonly #useCatalog = async (): Promise<void> => {
    const catalog = this.#context.settings.catalog && (await this.#context.sync.catalog());
    if (!catalog || (this.#annex.isNeeded(catalog) && !(await this.complete()))) return;
    if (!this.#tables.add(catalog) || !this.#health.isFine) return;
    this.#health.guard(() => this.#journal.machine.useCatalog(catalog));
    this.#context.changed();
  };

  #usePool(pool: Table): void {
    if (this.#tables.use(pool)) this.#journal.rebuild();
    this.#journal.machine.usePool(pool);
    this.#segment.rename(this.#journal.machine);
  }
}
