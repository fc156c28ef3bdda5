import type { Personalizer } from '../types.js';
import type { SignalOptions } from './onClick.js';

/** An item counts as seen when this much of it … */
export const VIEW_RATIO = 0.5;
/** … was on screen for this long. */
export const VIEW_MS = 1000;

/** Records which items were really seen, each element once. The returned function stops it. */
export function onView(me: Pick<Personalizer, 'record'>, options: SignalOptions = {}): () => void {
  const { root = document, selector = '[data-hb-id]', attribute = 'data-hb-id' } = options;
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  const seen = new WeakSet<Element>();
  const stopTimer = (element: Element): void => {
    clearTimeout(timers.get(element));
    timers.delete(element);
  };
  const view = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, isIntersecting } of entries) {
        stopTimer(target);
        if (isIntersecting && intersectionRatio >= VIEW_RATIO && !seen.has(target)) {
          timers.set(target, setTimeout(() => note(target), VIEW_MS));
        }
      }
    },
    { threshold: VIEW_RATIO },
  );
  const note = (element: Element): void => {
    timers.delete(element);
    const item = element.getAttribute(attribute);
    // Without consent it stays unseen: what was dropped may be recorded when it is seen again.
    if (!item || !me.record({ kind: 'impression', item })) return;
    seen.add(element);
    view.unobserve(element);
  };
  const watch = (node: ParentNode): void => node.querySelectorAll(selector).forEach((element) => view.observe(element));
  const additions = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.matches(selector) && !seen.has(node)) view.observe(node);
        watch(node);
      }
    }
  });
  watch(root);
  additions.observe(root, { childList: true, subtree: true });
  return () => {
    view.disconnect();
    additions.disconnect();
    for (const element of [...timers.keys()]) stopTimer(element);
  };
}
