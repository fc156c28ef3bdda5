import type { Table } from '../table.js';

/** The tables that a session ranks by. */
export class Tables {
  pool: Table | undefined;
  catalog: Table | undefined;
  /** Seed of the keys in both. */
  idSeed: number;

  constructor(pool: Table | undefined) {
    this.pool = pool;
    this.idSeed = pool?.idSeed ?? 0;
  }

  /** Ranks by this pool from now on; true when its keys are others than before. */
  use(pool: Table): boolean {
    this.pool = pool;
    if (pool.idSeed === this.idSeed) return false;
    this.idSeed = pool.idSeed;
    this.catalog = undefined;
    return true;
  }
}
