import type { Sync } from '../sync.js';
import { Table } from '../table.js';
import type { PageAsked } from './asked.js';
import type { Line } from './line.js';

/** The tables that the page has handed over: fetched and verified there, ranked by here. */
export class TakenTables implements Pick<Sync, 'pool' | 'catalog' | 'table' | 'detach'> {
  readonly #line: () => Line<PageAsked>;
  readonly #tables = new Map<number, Table>();

  constructor(line: () => Line<PageAsked>) {
    this.#line = line;
  }

  /** The page's sync asks the cache, which only lies here: the page lets go of it. */
  detach(): void {
    this.#tables.clear();
  }

  take(number: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#tables.set(number, new Table(bytes));
  }

  at(number: number): Table {
    return this.#tables.get(number)!;
  }

  /** The number of a table. */
  numberOf(table: Table): number {
    for (const [number, taken] of this.#tables) if (taken === table) return number;
    return -1;
  }

  async pool(placement: string): Promise<Table> {
    return this.at(await this.#line().ask('pool', placement));
  }

  async catalog(): Promise<Table | null> {
    const number = await this.#line().ask('catalog');
    return number === null ? null : this.at(number);
  }

  async table({ sha256 }: Parameters<Sync['table']>[0]): Promise<Table> {
    return this.at(await this.#line().ask('table', sha256));
  }
}
