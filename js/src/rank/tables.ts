import type { Table } from '../table.js';

/** The tables that a session ranks by. */
export class Tables {
  pool: Table | undefined;
  catalog: Table | undefined;
  /** Seed of the keys in both. */
  idSeed: number;
  #whole: Promise<void> | undefined;

  constructor(pool: Table | undefined) {
    this.pool = pool;
    this.idSeed = pool?.idSeed ?? 0;
  }

  /** Ranks by this pool from now on; true when its keys are others than before. */
  use(pool: Table): boolean {
    this.pool = pool;
    if (pool.idSeed === this.idSeed) return false;
    this.idSeed = pool.idSeed;
    this.catalog = this.#whole = undefined;
    return true;
  }

  /** Takes the catalogue; false when its keys are not the pool's. */
  add(catalog: Table): boolean {
    if (catalog.idSeed !== this.idSeed) return false;
    this.catalog = catalog;
    return true;
  }

  /** Settles when the catalogue is in use, or cannot be had; what failed was reported there. It is brought once. */
  whole(bring: () => Promise<void>): Promise<void> {
    return (this.#whole ??= bring().catch(() => undefined));
  }
}
