import type { Purpose } from '../../types.js';
import type { Choice } from '../types.js';

/**
 * What a platform must have been told yes for, by our purposes: one of its own names, or several that are all needed. A
 * purpose left out is refused.
 */
export type Needs<T = string> = Partial<Record<Purpose, T | readonly T[]>>;

/** All that `needs` names. */
export function named<T>(needs: Needs<T>): T[] {
  return Object.values(needs).flat() as T[];
}

/** The choice that follows from single answers: only `true` is a yes, and a purpose that needs nothing is refused. */
export function decide<T>(needs: Needs<T>, granted: (need: T) => unknown): Choice {
  const choice: Choice = {};
  for (const purpose of Object.keys(needs) as Purpose[]) {
    let isYes: boolean | undefined;
    // A loop: a page may have made `every` say yes to anything.
    for (const need of [needs[purpose]].flat() as T[]) isYes = isYes !== false && granted(need) === true;
    choice[purpose] = !!isYes;
  }
  return choice;
}
