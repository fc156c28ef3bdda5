import type { Personalizer, Reranked, RerankOptions } from '../types.js';

/**
 * Puts the marked children of `container` in the visitor's order, in the places they hold together; everything else
 * stays where it is. Unless forced it only does so where nobody sees it: before the first paint, while hidden, or below
 * the fold. Focus stays where it is.
 */
export async function rerank(me: Personalizer, container: Element, options: RerankOptions = {}): Promise<Reranked> {
  const { force = false, attribute = 'data-hb-id', ...rest } = options;
  const children = Array.from(container.children).filter((child) => child.hasAttribute(attribute));
  const candidates = children.map((child) => ({ id: child.getAttribute(attribute) ?? '', child }));
  const ranked = await me.rank(candidates, { ...rest, limit: candidates.length });
  const order = ranked.map(({ item }) => item.child);
  const present = order.length === children.length && children.every((child) => child.parentElement === container);
  const result = { ranked: ranked.map(({ item, ...entry }) => ({ ...entry, item: { id: item.id } })) };
  if (!ranked.some(({ personalized }) => personalized)) return { applied: false, skipped: 'neutral', ...result };
  if (!present || order.every((child, place) => child === children[place])) {
    return { applied: false, skipped: 'unchanged', ...result };
  }
  if (!force && isSeen(container)) return { applied: false, skipped: 'visible', ...result };
  arrange(children, order);
  return { applied: true, ...result };
}

/** Whether a visitor could see the order change. */
function isSeen(container: Element): boolean {
  if (performance.getEntriesByType('paint').length === 0) return false;
  if (!container.checkVisibility({ visibilityProperty: true })) return false;
  return container.getBoundingClientRect().top < innerHeight;
}

/**
 * Gives every place to its new child. Children are taken out and put back, which browsers do not count as a layout
 * shift; the one with the focus is moved in one step where the browser can, and focused again where it cannot.
 */
function arrange(children: readonly Element[], order: readonly Element[]): void {
  const active = document.activeElement;
  const focused = children.find((child) => child.contains(active));
  const places = children.map((child) => {
    const place = document.createComment('');
    if (child === focused) child.before(place);
    else child.replaceWith(place);
    return place;
  });
  places.forEach((place, index) => {
    const child = order[index] as Element;
    if (child === focused) {
      const parent = place.parentElement as Element & { moveBefore?: typeof place.insertBefore };
      if (parent.moveBefore) {
        parent.moveBefore(child, place);
        renewBox(child);
      } else parent.insertBefore(child, place);
      place.remove();
    } else place.replaceWith(child);
  });
  if (focused && active !== document.activeElement) (active as HTMLElement).focus({ preventScroll: true });
}

/**
 * A child moved in one step keeps its box, and a box in another place counts as a layout shift. Laid out as absent for
 * a moment it gets a new one; the focus is looked at only when the page is painted, and stays.
 */
function renewBox(child: Element): void {
  const { style } = child as HTMLElement;
  const styled = child.hasAttribute('style');
  const [display, priority] = [style.getPropertyValue('display'), style.getPropertyPriority('display')];
  style.setProperty('display', 'none', 'important');
  child.getBoundingClientRect();
  style.removeProperty('display');
  if (display) style.setProperty('display', display, priority);
  if (!styled) child.removeAttribute('style');
}
