import { computed, type ComputedRef, type MaybeRefOrGetter, shallowRef, toValue, watch } from 'vue';
import { follow } from '../binding.js';
import { jsonOf } from '../json.js';
import { neutralOrder } from '../neutral.js';
import type { Display, Ranked, RankOptions } from '../types.js';
import { useHomebody } from './provide.js';

type Candidate = { readonly id: string };
type Order = readonly Ranked<Display | Candidate>[];

/**
 * A list in the visitor's order, and in the next one whenever it changes: of the published pool of a placement, or of
 * your own candidates. Candidates are there at once, in their own order, on a server too; a pool is empty until it has
 * arrived. Both arguments may be refs or getters; what counts is what they say.
 *
 * @example
 * const shelf = useRanked('home', { limit: 20 });
 * const found = useRanked(() => props.products); // [{ id: 'tent-2', price: 129 }, …]
 */
export function useRanked(placement?: MaybeRefOrGetter<string | undefined>, options?: MaybeRefOrGetter<RankOptions>): ComputedRef<readonly Ranked<Display>[]>;
export function useRanked<T extends { id: string }>(
  candidates: MaybeRefOrGetter<readonly T[]>,
  options?: MaybeRefOrGetter<RankOptions>,
): ComputedRef<readonly Ranked<T>[]>;
export function useRanked(what?: MaybeRefOrGetter<string | readonly Candidate[] | undefined>, how: MaybeRefOrGetter<RankOptions> = {}): ComputedRef<Order> {
  const page = useHomebody();
  const kept = shallowRef<{ of: string; order: Order }>();
  const given = computed(() => {
    const of = toValue(what);
    const candidates = of === undefined || typeof of === 'string' ? undefined : of;
    const options = toValue(how);
    const placement = typeof of === 'string' && of ? { placement: of } : {};
    return { candidates, options: candidates ? options : { ...options, ...placement }, of: jsonOf(candidates?.map(({ id }) => id) ?? of ?? '') };
  });
  const said = computed(() => given.value.of + jsonOf(given.value.options));
  watch(
    [page, said],
    ([me], _, stopped) => {
      const { candidates, options, of } = given.value;
      if (me) stopped(follow(me, candidates, options, (order) => (kept.value = { of, order })));
    },
    { immediate: true },
  );
  return computed(() => {
    const { candidates, options, of } = given.value;
    if (kept.value?.of !== of) return neutralOrder(null, candidates, options);
    const now = new Map(candidates?.map((each) => [each.id, each]));
    return kept.value.order.map((each) => ({ ...each, item: now.get(each.id) ?? each.item }));
  });
}
