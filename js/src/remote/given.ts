import type { BlobCache, Sync } from '../sync.js';
import type { Table } from '../table.js';
import type { PageAsked, WorkerAsked } from './asked.js';
import type { Line } from './line.js';

/** The page's tables as its worker knows them: each is handed over once, under a number. */
export class GivenTables {
  readonly #sync: Pick<Sync, 'pool' | 'catalog' | 'table'>;
  readonly #line: () => Line<WorkerAsked>;
  readonly #tables: Table[] = [];

  constructor(sync: Pick<Sync, 'pool' | 'catalog' | 'table'>, line: () => Line<WorkerAsked>) {
    this.#sync = sync;
    this.#line = line;
  }

  /** The number of a table; the worker has it before it hears the number. */
  numberOf(table: Table): number {
    const known = this.#tables.indexOf(table);
    if (known >= 0) return known;
    const number = this.#tables.push(table) - 1;
    this.#line().tell('take', number, table.bytes);
    return number;
  }

  /** The table of a number. */
  at(number: number): Table {
    return this.#tables[number]!;
  }

  /** What the worker asks for. */
  get asked(): Pick<PageAsked, 'pool' | 'catalog' | 'table'> {
    return {
      pool: async (placement) => this.numberOf(await this.#sync.pool(placement)),
      catalog: async () => {
        const table = await this.#sync.catalog();
        return table && this.numberOf(table);
      },
      table: async (sha256) => this.numberOf(await this.#sync.table({ sha256, bytes: 0 })),
    };
  }
}

/** The worker's cache of tables, from the page. */
export function remoteCache(line: Line<WorkerAsked>): BlobCache {
  return {
    get: (name) => line.ask('cached', name),
    put: (name, bytes) => line.ask('cache', name, bytes),
    keep: (names) => line.ask('keepCached', names),
  };
}
