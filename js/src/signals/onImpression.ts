import { attributeOf, isMatch, lineageOf, type SignalOptions, settingsOf } from './item.js';
import { all, guarded, hear, type Recorder, type Stop, whileAllowed } from './listening.js';
import { onRoute } from './route.js';
import { type Watcher, watchTree } from './tree.js';

/** When an item counts as seen. */
export interface ImpressionOptions extends SignalOptions {
  /** Share of it that is on the screen, above 0 to 1; of what is larger than the screen, share of the screen. Default 0.5. */
  ratio?: number;
  /** For how long without interruption, in milliseconds. Default 1000. */
  ms?: number;
  /** Pixels of it (width × height) that are on the screen at least. Default 0. */
  minPx?: number;
  /** Minutes after which the same item may count again. Default: once on each page or route. */
  everyMinutes?: number;
}

const MINUTE_MS = 60_000;

/** When which item was seen on this route, whoever listened. */
const seenBy = new WeakMap<Recorder, Map<string, number>>();

/**
 * Records which items were really seen: half of it on the screen for one second, in a visible tab; inside open shadow
 * roots too. The returned function stops it.
 *
 * @example
 * onImpression(me, { ratio: 0.75, ms: 2000, everyMinutes: 30 });
 */
export function onImpression(me: Recorder, options: ImpressionOptions = {}): Stop {
  return whileAllowed(me, () => {
    const { watcher, stop } = watchSeen(me, options);
    return all([watchTree(me, settingsOf(options).root, [watcher]), stop]);
  });
}

/** The watcher of a tree behind it. */
export function watchSeen(me: Recorder, options: ImpressionOptions): { watcher: Watcher; stop: Stop } {
  const settings = settingsOf(options);
  const { ratio = 0.5, ms = 1000, minPx = 0, everyMinutes = Infinity } = options;
  const seen = seenBy.get(me) ?? new Map<string, number>();
  seenBy.set(me, seen);
  /** What is in view, with the timer that runs for it. */
  const inView = new Map<Element, ReturnType<typeof setTimeout> | undefined>();

  const note = guarded(me, (element: Element) => {
    if (inView.has(element)) inView.set(element, undefined);
    const item = attributeOf(element, settings.attribute);
    if (!item || !isMatch(element, settings.selector) || isRecent(item)) return;
    if (lineageOf(element).some((each) => isMatch(each, settings.ignore))) return;
    if (me.record({ kind: 'impression', item })) seen.set(item, Date.now());
  });
  const isRecent = (item: string): boolean => Date.now() - (seen.get(item) ?? -Infinity) < everyMinutes * MINUTE_MS;
  const stopTimer = (element: Element): void => clearTimeout(inView.get(element));
  const startTimer = (element: Element): void => {
    stopTimer(element);
    const isShown = document.visibilityState === 'visible';
    inView.set(element, isShown ? setTimeout(() => note(element), ms) : undefined);
  };
  const view = new IntersectionObserver(
    guarded(me, (entries: IntersectionObserverEntry[]) => {
      for (const entry of entries) {
        const { target } = entry;
        if (!isEnough(entry, ratio, minPx)) {
          stopTimer(target);
          inView.delete(target);
        } else if (!inView.has(target)) startTimer(target);
      }
    }),
    { threshold: thresholds(ratio) },
  );
  const restart = guarded(me, () => [...inView.keys()].forEach(startTimer));
  // What stays in view on another route is seen there anew.
  const stopRoutes = onRoute(() => {
    seen.clear();
    restart();
  });
  const stopVisibility = hear(document, ['visibilitychange'], restart);
  const found = (element: Element): void => {
    // An element that is used for another item begins anew.
    if (inView.has(element)) startTimer(element);
    else view.observe(element);
  };
  return {
    watcher: { selector: settings.selector, attributes: [settings.attribute], found },
    stop() {
      view.disconnect();
      stopRoutes();
      stopVisibility();
      [...inView.keys()].forEach(stopTimer);
      inView.clear();
    },
  };
}

/** Where the observer looks: at the ratio, and around it for what is too large or has too few pixels. */
function thresholds(ratio: number): number[] {
  return [ratio / 8, ratio / 4, ratio / 2, ratio, (1 + ratio) / 2, 1];
}

/** Whether enough of an element is on the screen. Ratios are rounded by the browser, so a little less is as good. */
function isEnough(entry: IntersectionObserverEntry, ratio: number, minPx: number): boolean {
  const { isIntersecting, intersectionRatio, intersectionRect, rootBounds } = entry;
  const px = intersectionRect.width * intersectionRect.height;
  const screen = rootBounds ? rootBounds.width * rootBounds.height : Infinity;
  const isSeen = intersectionRatio >= ratio - 0.001 || px >= ratio * screen;
  return isIntersecting && isSeen && px >= minPx;
}
