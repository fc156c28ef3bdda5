import type { Table } from '../table.js';
import type { RankedRow } from './engine.js';

/** What makes two calls pages of the same list. */
export interface ListName {
  readonly pool: Table;
  readonly ids: readonly string[] | undefined;
  readonly seed: number | undefined;
  readonly policy: object;
}

interface Kept extends ListName {
  readonly rows: readonly RankedRow[];
}

/**
 * Keeps the pages of a list in step. What was on an earlier page stays there while the visitor turns pages, whatever
 * they do meanwhile: no item comes twice and none is passed over. The first page begins a new list.
 */
export class Paging {
  readonly #lists = new WeakMap<Table, Kept>();

  /**
   * The list up to `end`, of which the page from `offset` on is wanted; `rank(limit)` ranks anew. Places that were
   * given out before keep their items.
   */
  upTo(name: ListName, offset: number, end: number, rank: (limit: number) => readonly RankedRow[]): readonly RankedRow[] {
    const kept = offset > 0 ? this.#list(name) : [];
    const rows = kept.length >= end ? kept : [...kept, ...others(rank(end), kept)];
    this.#lists.set(name.pool, { ...name, rows: rows.length > kept.length ? rows.slice(0, end) : kept });
    return rows;
  }

  #list({ pool, ids, seed, policy }: ListName): readonly RankedRow[] {
    const list = this.#lists.get(pool);
    const same = list && list.seed === seed && text(list.policy) === text(policy) && text(list.ids) === text(ids);
    return same ? list.rows : [];
  }
}

function others(rows: readonly RankedRow[], kept: readonly RankedRow[]): RankedRow[] {
  return rows.filter(({ table, row }) => !kept.some((known) => known.table === table && known.row === row));
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
