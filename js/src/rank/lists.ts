import type { Table } from '../table.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import type { Annex } from './annex.js';
import type { Engine } from './engine.js';
import { Paging } from './paging.js';
import { placed, presented } from './place.js';

/** The lists of a page: the module ranks, the pages of one list are kept in step. */
export class Lists {
  readonly #paging = new Paging();

  /** The page of a list that the options ask for. */
  rank<T extends { id: string }>(
    engine: Engine,
    annex: Annex,
    pool: Table,
    candidates: readonly T[] | undefined,
    { limit = candidates?.length ?? pool.rows, offset = 0, seed = 0, policy = {}, context }: RankOptions,
  ): Ranked<T | Display>[] {
    const ids = candidates?.map(({ id }) => id);
    const [page, nowMs, end] = [annex.page(context), Date.now(), offset + limit];
    const rows = this.#paging.upTo({ pool, ids, seed, policy }, offset, end, (offset, limit) =>
      engine.rank({ ids, limit, offset, seed, policy, page, nowMs }),
    );
    return candidates ? placed(rows, candidates).slice(offset, end) : presented(rows.slice(offset, end));
  }
}
