import type { Table } from '../table.js';
import type { RankOptions } from '../types.js';
import type { Annex } from './annex.js';
import type { Engine, RankedRow } from './engine.js';
import { Paging } from './paging.js';

/** The lists of a page: the module ranks, the pages of one list are kept in step. */
export class Lists {
  readonly #paging = new Paging();

  /** The rows of the page that the options ask for; of the given ids all up to its end, as unknown ones come after them. */
  rows(
    engine: Engine,
    annex: Annex,
    pool: Table,
    ids: readonly string[] | undefined,
    { limit = ids?.length ?? pool.rows, offset = 0, seed = 0, policy = {}, context }: RankOptions,
  ): readonly RankedRow[] {
    const [page, nowMs, end] = [annex.page(context), Date.now(), offset + limit];
    const rows = this.#paging.upTo({ pool, ids, seed, policy }, offset, end, (offset, limit) =>
      engine.rank({ ids, limit, offset, seed, policy, page, nowMs }),
    );
    return ids ? rows : rows.slice(offset, end);
  }
}
