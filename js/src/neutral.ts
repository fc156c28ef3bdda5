import type { Table } from './table.js';
import type { Display, Ranked } from './types.js';

/** Everybody's order: the page's own for its candidates, the published one for a pool. */
export function neutralOrder<T extends { id: string }>(
  pool: Table | null,
  candidates: readonly T[] | undefined,
  limit = Infinity,
): Ranked<T | Display>[] {
  if (candidates) return candidates.slice(0, limit).map((item) => neutral(item.id, item));
  const rows = Math.min(pool?.rows ?? 0, limit);
  return Array.from({ length: rows }, (_, row) => neutral(pool?.id(row) ?? '', pool?.display(row) ?? {}));
}

function neutral<T>(id: string, item: T): Ranked<T> {
  return { id, score: 0, reasons: [], item, personalized: false };
}
