import { HomebodyError } from '../errors.js';
import type { Personalizer } from '../types.js';

/** Lists that were looked at; each is told about once. */
const told = new WeakSet<Element>();

/** How long the catalogue may take before ids that nothing is known of are taken for a mistake. */
const CATALOGUE_MS = 5000;

/** Tells a developer why a list keeps its order: without marks, or with ids of something else. */
export function explain(
  me: Pick<Personalizer, 'display' | 'rank'>,
  list: Element,
  attribute: string,
  marked: readonly { id: string }[],
  report: (error: HomebodyError) => void,
): void {
  if (told.has(list)) return;
  told.add(list);
  const [first] = marked;
  if (!first) return report(new HomebodyError('list_unmatched', `no child of the list has \`${attribute}\``));
  setTimeout(async () => {
    if (marked.some(({ id }) => me.display(id))) return;
    // Where no pool can be had, a wrong key say, that is what is wrong; it was told.
    if ((await me.rank(undefined, { limit: 1 })).length === 0) return;
    report(new HomebodyError('list_unmatched', `nothing is published with the list's ids, such as \`${first.id}\``));
  }, CATALOGUE_MS);
}
