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

/** Lists of a page whose places are kept; of more, those that were asked for last. */
const LISTS = 8;

/**
 * Keeps the pages of each list in step. What was on an earlier page stays there while the visitor turns pages, whatever
 * they do meanwhile, and whatever else the page ranks: no item comes twice and none is passed over. The first page begins
 * a new list.
 */
export class Paging {
  #lists: readonly Kept[] = [];

  /**
   * The list up to `end`, of which the page from `offset` on is wanted; `rank` makes a page anew. Places that were given
   * out keep their items. Then comes what would be before them by now, then the new page.
   */
  upTo(name: ListName, offset: number, end: number, rank: RankPage): readonly RankedRow[] {
    const known = this.#lists.find((list) => isSame(list, name));
    const kept = offset > 0 && known ? known.rows : [];
    const from = kept.length || offset;
    const rows = kept.length >= end ? kept : [...kept, ...others([...rank(0, from), ...rank(from, end - from)], kept)];
    const list = { ...name, rows: kept.length >= end ? kept : rows.slice(0, end) };
    this.#lists = [list, ...this.#lists.filter((other) => other !== known)].slice(0, LISTS);
    return rows;
  }
}

function others(rows: readonly RankedRow[], kept: readonly RankedRow[]): RankedRow[] {
  return rows.filter(({ table, row }) => !kept.some((known) => known.table === table && known.row === row));
}

function isSame(list: ListName, { pool, ids, seed, policy }: ListName): boolean {
  const isAlike = list.pool === pool && list.seed === seed && text(list.policy) === text(policy);
  return isAlike && list.ids?.length === ids?.length && (ids ?? []).every((id, index) => id === list.ids?.[index]);
}

/** What a flat object says, without asking any `toJSON` that the page may have taught it. */
function text(value: object): string {
  return String(Object.entries(value));
}
