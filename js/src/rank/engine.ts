import { type ErrorCode, HomebodyError } from '../errors.js';
import { deriveKey } from '../ids.js';
import { KINDS } from '../kinds.js';
import type { PageContext, Policy } from '../policy.js';
import { REASON_KINDS } from '../reasons.js';
import type { Table } from '../table.js';
import type { Audit, Question, Reason } from '../types.js';
import type { Machine, Noted } from './journal.js';
import { packSettings } from './settings.js';
import type { RankModule } from './wasm.js';

type Device = InstanceType<RankModule['Device']>;

/** Marks a row of the catalogue; others are rows of the pool. */
const CATALOG_ROW = 0x8000_0000;
/** What attention does, by its code; hidden is 3. */
const SIGNS = ['open', 'activity', 'visibility', '', 'close'];
/** What an audit may find amiss, by its bit. */
const ALARMS = ['narrow', 'repetitive', 'familiar'] as const;
const REASONS = 3;
/** Numbers an item in the module's answer: row, score, propensity, and kind, key and share of each reason. */
const STRIDE = 3 + 3 * REASONS;
const NO_KEYS = new Uint32Array();

/** What a device is made ready with. */
export interface Equipment {
  readonly bits: number;
  readonly epoch: number;
  readonly idSeed: number;
  readonly days: number;
  readonly pool: Table | undefined;
  readonly catalog: Table | undefined;
}

/** One row of a ranking. */
export interface RankedRow {
  readonly table: Table;
  readonly row: number;
  readonly score: number;
  readonly propensity: number;
  readonly reasons: readonly Reason[];
}

/** Choices of one ranking, all filled in. */
export interface RankCall {
  readonly ids: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly seed: number;
  readonly policy: Partial<Policy>;
  readonly page: PageContext;
  readonly nowMs: number;
}

/** The device in the Wasm module, in the words of this side: strings and tables in, rows out. */
export class Engine implements Machine {
  readonly #device: Device;
  readonly #idSeed: number;
  #pool: Table | undefined;
  #catalog: Table | undefined;
  #abandoned = false;

  constructor(glue: RankModule, profile: Uint8Array | null, equipment: Equipment) {
    const { bits, epoch, idSeed, days, pool, catalog } = equipment;
    this.#idSeed = idSeed;
    this.#device = new glue.Device();
    this.#device.setConsent(bits, epoch);
    if (pool) this.usePool(pool);
    if (catalog) this.useCatalog(catalog);
    if (profile) check(this.#device.restore(profile, Date.now(), days));
  }

  /** What may be done from now on. */
  setConsent(bits: number, epoch: number): void {
    this.#device.setConsent(bits, epoch);
  }

  /** The pool that is ranked from now on. */
  usePool(pool: Table): void {
    if (this.#pool === pool) return;
    check(this.#device.loadPool(pool.bytes));
    this.#pool = pool;
  }

  /** The catalogue that candidates outside the pool come from. */
  useCatalog(catalog: Table): void {
    if (this.#catalog === catalog) return;
    check(this.#device.loadCatalog(catalog.bytes));
    this.#catalog = catalog;
  }

  note(entry: Noted): void {
    const device = this.#device;
    if ('kind' in entry) device.record(KINDS[entry.kind], entry.item, entry.value, entry.nowMs);
    else if ('facet' in entry) device.answer(entry.facet, entry.answer);
    else {
      const { attention, nowMs } = entry;
      const sign = attention.type === 'visibility' && !attention.visible ? 3 : SIGNS.indexOf(attention.type);
      device.attend(sign, attention.type === 'open' ? attention.item : '', nowMs);
    }
  }

  /** The name of the visitor's segment. */
  get segment(): string | null {
    return this.#device.text(2, 0) ?? null;
  }

  /** Probability of a purchase in this visit; null without a model. */
  intent(nowMs: number): number | null {
    return this.#device.intent(nowMs) ?? null;
  }

  /** How varied what was shown is; null without consent or a table. */
  audit(nowMs: number): Audit | null {
    const [impressions, entropy = 0, gini = 0, coverage = 0, known = 0, bits = 0] = this.#device.audit(nowMs);
    const alarms = ALARMS.filter((_, bit) => bits & (1 << bit));
    return impressions === undefined ? null : { impressions, entropy, gini, coverage, known, alarms };
  }

  /** What to ask next; null when there is nothing worth asking. */
  question(): Question | null {
    const key = this.#device.nextQuestion();
    return key ? { key, text: this.#device.text(3, 0) ?? '' } : null;
  }

  /** Ranks the given ids, or the pool (with what the catalogue adds). Ids the tables do not have are left out. */
  rank({ ids, limit, offset, seed, policy, page, nowMs }: RankCall): RankedRow[] {
    if (ids?.length === 0 || limit <= 0) return [];
    const keys = ids ? Uint32Array.from(ids, (id) => deriveKey(this.#idSeed, id)) : NO_KEYS;
    const region = page.region ? deriveKey(0, page.region) : 0;
    const whole = this.#device.rank(keys, limit, offset, seed, packSettings(policy, page), region, nowMs);
    const real = new Float32Array(whole.buffer);
    return Array.from({ length: whole.length / STRIDE }, (_, place): RankedRow => {
      const at = place * STRIDE;
      const code = whole[at] ?? 0;
      const table = (code >= CATALOG_ROW ? this.#catalog : this.#pool) as Table;
      const reasons: Reason[] = [];
      for (let index = at + 3; index < at + STRIDE; index += 3) {
        const reason = this.#reason(whole[index] ?? 0, whole[index + 1] ?? 0, real[index + 2] ?? 0);
        if (reason) reasons.push(reason);
      }
      return { table, row: code % CATALOG_ROW, score: real[at + 1] ?? 0, propensity: real[at + 2] ?? 1, reasons };
    });
  }

  /** A reason in words; null for "none". */
  #reason(kind: number, key: number, share: number): Reason | null {
    const name = REASON_KINDS[kind];
    if (!name || name === 'none' || !(share > 0)) return null;
    if (name === 'collaborative' || name === 'content') {
      const item = this.#device.text(0, key);
      return item === undefined ? { kind: name, share } : { kind: name, share, item, name: this.#titleOf(item) };
    }
    const told = this.#device.text(name === 'rule' ? 4 : 1, key);
    return told === undefined ? { kind: name, share } : { kind: name, share, name: told };
  }

  #titleOf(id: string): string {
    for (const table of [this.#pool, this.#catalog]) {
      const row = table?.rowOf(id);
      const title = row === undefined ? undefined : table?.display(row)['title'];
      if (typeof title === 'string') return title;
    }
    return id;
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#device.snapshot() ?? new Uint8Array();
  }

  /** Overwrites the profile in the module's memory. */
  erase(): void {
    this.#device.erase();
  }

  /** The module was made new: the device's address means nothing any more. */
  abandon(): void {
    this.#abandoned = true;
  }

  free(): void {
    if (this.#abandoned) return;
    try {
      this.#device.free();
    } catch {
      // A device that crashed cannot be freed; its memory goes with the module.
    }
  }
}

/** Throws the error whose code the module gave. */
function check(code: string | undefined): void {
  if (code) throw new HomebodyError(code as ErrorCode);
}
