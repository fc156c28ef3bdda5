import type { Table } from '../table.js';
import type { RankedRow } from './engine.js';

/** What makes two calls pages of the same list. */
export interface ListName {
  readonly pool: Table;
  readonly ids: readonly string[] | undefined;
  readonly seed: number | undefined;
  readonly policy: object;
}

/** Ranks one page: `limit` items after the first `offset`. */
export type RankPage = (offset: number, limit: number) => readonly RankedRow[];

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
   * The list up to `end`, of which the page from `offset` on is wanted; `rank` makes a page anew. Places that were given
   * out keep their items. Then comes what would be before them by now, then the new page.
   */
  upTo(name: ListName, offset: number, end: number, rank: RankPage): readonly RankedRow[] {
    const kept = offset > 0 ? this.#list(name) : [];
    if (kept.length >= end) return kept;
    const from = kept.length || offset;
    const rows = [...kept, ...others([...rank(0, from), ...rank(from, end - from)], kept)];
    this.#lists.set(name.pool, { ...name, rows: rows.slice(0, end) });
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
