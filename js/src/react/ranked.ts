import { useEffect, useMemo, useState } from 'react';
import { follow } from '../binding.js';
import { jsonOf } from '../json.js';
import { neutralOrder } from '../neutral.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import { useHomebody } from './provider.js';

type Candidate = { readonly id: string };
type Order = readonly Ranked<Display | Candidate>[];

/**
 * A list in the visitor's order, and in the next one whenever it changes: of the published pool of a placement, or of
 * your own candidates. Candidates are there at once, in their own order, on a server too; a pool is empty until it has
 * arrived. Candidates and options may be written where the hook is called: what counts is what they say.
 *
 * @example
 * const shelf = useRanked('home', { limit: 20 });
 * const found = useRanked(products); // [{ id: 'tent-2', price: 129 }, …]
 * return <ol>{found.map(({ id, item }) => <li key={id}>{item.price}</li>)}</ol>;
 */
export function useRanked(placement?: string, options?: RankOptions): readonly Ranked<Display>[];
export function useRanked<T extends { id: string }>(candidates: readonly T[], options?: RankOptions): readonly Ranked<T>[];
export function useRanked(what?: string | readonly Candidate[], options: RankOptions = {}): Order {
  const me = useHomebody();
  const [kept, keep] = useState<{ of: string; order: Order }>();
  const candidates = typeof what === 'string' ? undefined : what;
  const how = jsonOf(options);
  const of = jsonOf(candidates?.map(({ id }) => id) ?? what ?? '');
  useEffect(() => {
    const all = candidates ? options : { ...options, ...(what && { placement: what as string }) };
    return me ? follow(me, candidates, all, (order) => keep({ of, order })) : undefined;
  }, [me, of, how]);
  return useMemo(() => {
    if (kept?.of !== of) return neutralOrder(null, candidates, options);
    const now = new Map(candidates?.map((each) => [each.id, each]));
    return kept.order.map((each) => ({ ...each, item: now.get(each.id) ?? each.item }));
  }, [kept, candidates, of, how]);
}
