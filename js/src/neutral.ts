import type { Table } from './table.js';
import type { Display, Ranked } from './types.js';

/** Everybody's order: the page's own for its candidates, the published one for a pool. */
export function neutralOrder<T extends { id: string }>(
  pool: Table | null,
  candidates: readonly T[] | undefined,
  limit = Infinity,
): Ranked<T | Display>[] {
  if (candidates) return candidates.slice(0, limit).map((item) => neutral(item.id, item));
  const ranked: Ranked<Display>[] = [];
  for (let row = 0; pool && row < pool.rows && ranked.length < limit; row++) {
    if (pool.inStock(row)) ranked.push(neutral(pool.id(row), pool.display(row)));
  }
  return ranked;
}

function neutral<T>(id: string, item: T): Ranked<T> {
  return { id, score: 0, reasons: [], item, personalized: false };
}
