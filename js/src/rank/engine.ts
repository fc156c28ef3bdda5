import { deriveKey } from '../ids.js';
import { REASON_KINDS } from '../reasons.js';
import type { Table } from '../table.js';
import type { Reason } from '../types.js';
import type { Machine, Noted } from './journal.js';
import type { RankModule } from './wasm.js';

type Device = InstanceType<RankModule['Device']>;

/** Marks a row of the catalogue; others are rows of the pool. */
const CATALOG_ROW = 0x8000_0000;
const REASONS = 3;
const NO_KEYS = new Uint32Array();

/** What a device is made ready with. */
export interface Equipment {
  readonly bits: number;
  readonly epoch: number;
  readonly idSeed: number;
  readonly pool: Table | undefined;
  readonly catalog: Table | undefined;
}

/** One row of a ranking. */
export interface RankedRow {
  readonly table: Table;
  readonly row: number;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** Choices of one ranking, all filled in. */
export interface RankCall {
  readonly ids: readonly string[] | undefined;
  readonly limit: number;
  readonly seed: number;
  readonly diversity: number;
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
    const { bits, epoch, idSeed, pool, catalog } = equipment;
    this.#idSeed = idSeed;
    this.#device = new glue.Device();
    this.#device.setConsent(bits, epoch);
    if (pool) this.usePool(pool);
    if (catalog) this.useCatalog(catalog);
    if (profile) this.#device.restore(profile);
  }

  /** What may be done from now on. */
  setConsent(bits: number, epoch: number): void {
    this.#device.setConsent(bits, epoch);
  }

  /** The pool that is ranked from now on. */
  usePool(pool: Table): void {
    if (this.#pool === pool) return;
    this.#device.loadPool(pool.bytes);
    this.#pool = pool;
  }

  /** The catalogue that candidates outside the pool come from. */
  useCatalog(catalog: Table): void {
    if (this.#catalog === catalog) return;
    this.#device.loadCatalog(catalog.bytes);
    this.#catalog = catalog;
  }

  note(entry: Noted): void {
    const device = this.#device;
    if (!('attention' in entry)) {
      device.record(entry.kind, entry.item, entry.value, entry.nowMs);
      return;
    }
    const { attention, nowMs } = entry;
    if (attention.type === 'open') device.openPage(attention.item, nowMs);
    else if (attention.type === 'activity') device.activity(nowMs);
    else if (attention.type === 'visibility') device.visibility(attention.visible, nowMs);
    else device.closePage(nowMs);
  }

  /** Ranks the given ids, or the pool (with what the catalogue adds). Ids the tables do not have are left out. */
  rank({ ids, limit, seed, diversity, nowMs }: RankCall): RankedRow[] {
    const keys = ids ? Uint32Array.from(ids, (id) => deriveKey(this.#idSeed, id)) : NO_KEYS;
    const device = this.#device;
    const count = ids?.length === 0 ? 0 : device.rank(keys, limit, seed, false, diversity, nowMs);
    if (count === 0) return [];
    const [rows, scores, shares] = [device.rows(), device.scores(), device.shares()];
    const [kinds, reasonKeys] = [device.reasonKinds(), device.reasonKeys()];
    return Array.from({ length: count }, (_, place): RankedRow => {
      const code = rows[place] ?? 0;
      const table = (code >= CATALOG_ROW ? this.#catalog : this.#pool) as Table;
      const reasons = Array.from({ length: REASONS }, (_, index) => {
        const at = place * REASONS + index;
        return this.#reason(kinds[at] ?? 0, reasonKeys[at] ?? 0, shares[place * (REASONS + 1) + index] ?? 0);
      }).filter((reason) => reason !== null);
      return { table, row: code % CATALOG_ROW, score: scores[place] ?? 0, reasons };
    });
  }

  /** A reason in words; null for "none". */
  #reason(kind: number, key: number, share: number): Reason | null {
    const name = REASON_KINDS[kind];
    if (!name || name === 'none' || !(share > 0)) return null;
    if (name === 'collaborative' || name === 'content') {
      const item = this.#device.idOf(key);
      return item === undefined ? { kind: name, share } : { kind: name, share, item, name: this.#titleOf(item) };
    }
    const facet = this.#device.facetName(key);
    return facet === undefined ? { kind: name, share } : { kind: name, share, name: facet };
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
