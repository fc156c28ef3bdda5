import type { Display, Personalizer, Ranked, RankOptions } from '../types.js';
import { sessionSeed } from './seed.js';

/** Choices of `pages`. */
export interface PagesOptions extends Omit<RankOptions, 'limit' | 'offset'> {
  /** Items of a page. Default 20. */
  size?: number;
}

const SIZE = 20;

/**
 * A list page by page, for shelves without an end: nothing comes twice and nothing is passed over, whatever the visitor
 * does meanwhile. It ends with the list. Unless `seed` says otherwise, chance is the same for a whole visit.
 *
 * @example
 * for await (const page of pages(me, undefined, { placement: 'home', size: 20 })) {
 *   show(page);
 *   await scrolledDown();
 * }
 */
export function pages(me: Personalizer, candidates?: undefined, options?: PagesOptions): AsyncGenerator<Ranked<Display>[], void>;
export function pages<T extends { id: string }>(me: Personalizer, candidates: readonly T[], options?: PagesOptions): AsyncGenerator<Ranked<T>[], void>;
export async function* pages(
  me: Personalizer,
  candidates?: readonly { id: string }[],
  { size = SIZE, ...rest }: PagesOptions = {},
): AsyncGenerator<Ranked<never>[], void> {
  const options = { seed: sessionSeed(me), ...rest, limit: Math.max(1, Math.trunc(size) || SIZE) };
  for (let offset = 0; ; offset += options.limit) {
    const page = (await me.rank(candidates as [], { ...options, offset })) as Ranked<never>[];
    if (page.length > 0) yield page;
    if (page.length < options.limit) return;
  }
}
