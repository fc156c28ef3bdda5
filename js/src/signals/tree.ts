import { whenIdle } from '../idle.js';
import { isMatch } from './item.js';
import { guarded, type Recorder, type Stop } from './listening.js';

/** What wants to know the elements of a page. */
export interface Watcher {
  /** What it wants. */
  readonly selector: string;
  /** Attributes whose change it wants to hear of. */
  readonly attributes: readonly string[];
  /** An element is there, or one of the attributes has changed; may come more than once for an element. */
  found(element: Element): void;
  /** A root is there: the one that is watched, or an open shadow root in it. */
  rooted?(root: Node): void;
  /** The tree has changed: what was found may be gone. */
  changed?(): void;
}

/** A page of any size keeps nothing waiting: after this long the rest is looked at in idle time. */
const SLICE_MS = 5;
const LOOK_AT_CLOCK_EVERY = 32;
const REST_WITHIN_MS = 200;

/**
 * Shows its watchers every element of a tree that they want, now and later, in open shadow roots too, as soon as these are
 * attached when their element is defined.
 */
export function watchTree(me: Recorder, root: Node & ParentNode, watchers: readonly Watcher[]): Stop {
  const roots = new Set<Node>();
  const awaited = new Set<string>();
  /** What is still to be looked through, and what of it is being looked through. */
  let waiting: (() => Iterator<Element>)[] = [];
  let current: Iterator<Element> | undefined;
  let isScheduled = false;
  let stopped = false;

  const work = guarded(me, () => {
    isScheduled = false;
    const until = performance.now() + SLICE_MS;
    for (let seen = 1; !stopped; seen++) {
      const begins = current === undefined;
      current ??= waiting.shift()?.();
      if (!current) return;
      // Listing the elements of a large page takes a slice by itself.
      if ((begins || seen % LOOK_AT_CLOCK_EVERY === 0) && performance.now() > until) return later();
      const { value, done } = current.next();
      if (done) current = undefined;
      else meet(value);
    }
  });
  const later = (): void => {
    if (!isScheduled) whenIdle(work, REST_WITHIN_MS);
    isScheduled = true;
  };
  const meet = (element: Element): void => {
    for (const watcher of watchers) if (isMatch(element, watcher.selector)) watcher.found(element);
    if (element instanceof HTMLFormElement) return; // It has no shadow root, but may have a field of that name.
    if (element.shadowRoot) enter(element.shadowRoot);
    else if (element.localName.includes('-')) awaitDefinition(element.localName);
  };
  /** What is not defined yet may get a shadow root when it is. */
  const awaitDefinition = (name: string): void => {
    if (awaited.has(name) || customElements.get(name)) return;
    awaited.add(name);
    void customElements.whenDefined(name).then(() => {
      if (stopped) return;
      for (const each of roots) waiting.push(() => (each as Element).querySelectorAll(name).values());
      work();
    }, () => undefined);
  };
  const observer = new MutationObserver(guarded(me, (changes: MutationRecord[]) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'attributes') meet(target as Element);
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) waiting.push(() => within(node as Element));
    }
    if (!isScheduled) work();
    for (const { changed } of watchers) changed?.();
  }));
  const attributeFilter = [...new Set(watchers.flatMap(({ attributes }) => attributes))];
  const enter = (node: Node & ParentNode): void => {
    if (roots.has(node)) return;
    roots.add(node);
    // An empty filter is refused, so none is given.
    observer.observe(node, { childList: true, subtree: true, ...(attributeFilter.length > 0 && { attributeFilter }) });
    for (const { rooted } of watchers) rooted?.(node);
    waiting.push(() => (node.nodeType === Node.ELEMENT_NODE ? within(node as unknown as Element) : node.querySelectorAll('*').values()));
  };
  const again = (): void => {
    waiting.push(() => root.querySelectorAll('*').values());
    work();
  };

  enter(root);
  work();
  // A root that comes with the markup may be attached only after its element was seen.
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', again, { once: true });
  return () => {
    stopped = true;
    waiting = [];
    observer.disconnect();
    document.removeEventListener('DOMContentLoaded', again);
  };
}

function* within(element: Element): Iterator<Element> {
  yield element;
  if (element.firstElementChild) yield* element.querySelectorAll('*');
}
