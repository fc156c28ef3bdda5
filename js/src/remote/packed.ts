import type { Ranked, Reason } from '../types.js';

/**
 * Numbers an item, in each of the two columns: two that name it and the word of each reason, 1 the first, 0 for none;
 * score, propensity and the share of each reason.
 */
const CELLS = 5;
const REASONS = 3;

/** A cause without its share: the same for many items. */
type Word = Omit<Reason, 'share'>;

/**
 * A list on its way from the worker: columns of numbers, which are copied in no time, in place of thousands of objects.
 * The module's numbers have 32 bits, so none loses any.
 */
export interface Packed {
  readonly cells: Uint32Array;
  readonly reals: Float32Array;
  readonly words: readonly Word[];
}

/** Packs a list; `name` tells the two numbers that name an item to the other end. */
export function pack<T extends { readonly score: number; readonly propensity: number; readonly reasons: readonly Reason[] }>(
  list: readonly T[],
  name: (item: T) => readonly [number, number],
): Packed {
  const [cells, reals] = [new Uint32Array(list.length * CELLS), new Float32Array(list.length * CELLS)];
  const words: Word[] = [];
  const known = new Map<string, number>();
  let at = 0;
  for (const item of list) {
    [cells[at], cells[at + 1]] = name(item);
    [reals[at], reals[at + 1]] = [item.score, item.propensity];
    item.reasons.slice(0, REASONS).forEach(({ share, ...word }, index) => {
      const key = `${word.kind}\n${word.item ?? ''}\n${word.name ?? ''}`;
      const number = known.get(key) ?? words.push(word);
      known.set(key, number);
      cells[at + 2 + index] = number;
      reals[at + 2 + index] = share;
    });
    at += CELLS;
  }
  return { cells, reals, words };
}

/** What the page makes of an item: of its two numbers, and of what does not depend on them. */
export type Make<T> = (first: number, second: number, rest: Omit<Ranked<T>, 'id' | 'item' | 'personalized'>) => Ranked<T>;

/** The list again. This is most of what a ranking costs the page's thread. */
export function unpack<T>({ cells, reals, words }: Packed, make: Make<T>): Ranked<T>[] {
  const list: Ranked<T>[] = [];
  for (let at = 0; at < cells.length; at += CELLS) {
    const reasons: Reason[] = [];
    for (let index = 0; index < REASONS && cells[at + 2 + index]; index++) {
      reasons.push(reasonOf(words[cells[at + 2 + index]! - 1]!, reals[at + 2 + index]!));
    }
    list.push(make(cells[at]!, cells[at + 1]!, { score: reals[at]!, reasons, propensity: reals[at + 1]! }));
  }
  return list;
}

/** Written out by form: copying the word into a new object takes several times as long. */
function reasonOf({ kind, item, name }: Word, share: number): Reason {
  if (item !== undefined && name !== undefined) return { kind, share, item, name };
  return name === undefined ? { kind, share } : { kind, share, name };
}
