import { HomebodyError } from '../errors.js';
import type { Personalizer, Reranked, RerankOptions } from '../types.js';
import { arrange } from './arrange.js';
import { explain } from './unmatched.js';

/**
 * Puts the marked children of `container` in the visitor's order, in the places they hold together; everything else
 * stays where it is. Unless forced it only does so where nobody sees it: before the first paint, while hidden, or below
 * the fold. Focus and selection stay where they are. The page may change the list meanwhile: what is gone stays gone,
 * and what is new keeps its place.
 */
export async function rerank(
  me: Personalizer,
  container: Element,
  options: RerankOptions = {},
  report?: (error: HomebodyError) => void,
): Promise<Reranked> {
  const { force = false, attribute = 'data-hb-id', ...rest } = options;
  if (container?.nodeType !== Node.ELEMENT_NODE) throw new HomebodyError('options', '`rerank` needs the element around the list');
  const candidates = marked(container, attribute).map((child) => ({ id: child.getAttribute(attribute) as string, child }));
  const ranked = await me.rank(candidates, { ...rest, limit: candidates.length });
  if (report) explain(me, container, attribute, candidates, report);
  const result = { ranked: ranked.map(({ item, ...entry }) => ({ ...entry, item: { id: item.id } })) };
  if (!ranked.some(({ personalized }) => personalized)) return { applied: false, skipped: 'neutral', ...result };
  // As the list stands now: another call, or the page itself, may have been there before.
  const known = new Set(ranked.map(({ item }) => item.child));
  const children = marked(container, attribute).filter((child) => known.has(child));
  const present = new Set(children);
  const order = [...known].filter((child) => present.has(child));
  if (order.every((child, place) => child === children[place])) return { applied: false, skipped: 'unchanged', ...result };
  if (!force && isSeen(container)) return { applied: false, skipped: 'visible', ...result };
  arrange(children, order);
  return { applied: true, ...result };
}

/** The children with an id. */
function marked(container: Element, attribute: string): Element[] {
  return Array.from(container.children).filter((child) => child.getAttribute(attribute));
}

/** Whether a visitor could see the order change. */
function isSeen(container: Element): boolean {
  if (performance.getEntriesByType('paint').length === 0) return false;
  if (!container.checkVisibility({ visibilityProperty: true })) return false;
  return container.getBoundingClientRect().top < innerHeight;
}
