import type { Display, Ranked, RankOptions } from '../types.js';
import type { RankedRow } from './engine.js';

/** The pool's rows with their published display data. */
export function presented(rows: readonly RankedRow[]): Ranked<Display>[] {
  return rows.map((row) => ranked(row, row.table.display(row.row)));
}

/** A page of the host's own candidates in ranked order, the unknown ones after them as they came. */
export function placed<T extends { id: string }>(
  rows: readonly RankedRow[],
  candidates: readonly T[],
  { limit = candidates.length, offset = 0 }: RankOptions,
): Ranked<T>[] {
  const waiting = new Set(candidates);
  const byId = new Map([...candidates].reverse().map((candidate) => [candidate.id, candidate]));
  const known = rows.flatMap((row): Ranked<T>[] => {
    const candidate = byId.get(row.table.id(row.row));
    return candidate && waiting.delete(candidate) ? [ranked(row, candidate)] : [];
  });
  const rest = [...waiting].map((item) => ({ id: item.id, score: 0, reasons: [], item, personalized: false, propensity: 1 }));
  return [...known, ...rest].slice(offset, offset + limit);
}

function ranked<T>({ table, row, score, propensity, reasons }: RankedRow, item: T): Ranked<T> {
  return { id: table.id(row), score, reasons: [...reasons], item, personalized: true, propensity };
}
