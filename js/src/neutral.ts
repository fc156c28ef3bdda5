import type { Table } from './table.js';
import type { Display, Ranked, RankOptions } from './types.js';

/** Everybody's order: the page's own for its candidates, the published one for a pool. */
export function neutralOrder<T extends { id: string }>(
  pool: Table | null,
  candidates: readonly T[] | undefined,
  { limit = Infinity, offset = 0 }: RankOptions = {},
): Ranked<T | Display>[] {
  if (candidates) return candidates.slice(offset, offset + limit).map((item) => neutral(item.id, item));
  const ranked: Ranked<Display>[] = [];
  let before = offset;
  for (let row = 0; pool && row < pool.rows && ranked.length < limit; row++) {
    if (pool.inStock(row) && --before < 0) ranked.push(neutral(pool.id(row), pool.display(row)));
  }
  return ranked;
}

function neutral<T>(id: string, item: T): Ranked<T> {
  return { id, score: 0, reasons: [], item, personalized: false, propensity: 1 };
}
