import { ACTIONS, actionOf, pageItem, watchPresent } from './action.js';
import { type SignalOptions, settingsOf } from './item.js';
import { all, guarded, type Recorder, type Stop, whileAllowed } from './listening.js';
import { listening } from './listen.js';
import { clickOf } from './onClick.js';
import { onDwell } from './onDwell.js';
import { type ImpressionOptions, watchSeen } from './onImpression.js';
import { onScroll } from './onScroll.js';
import { searchOf } from './onSearch.js';
import { onView } from './onView.js';
import { onRoute } from './route.js';
import { type Watcher, watchTree } from './tree.js';

/** What is listened to; everything, when nothing is said. */
export interface AutocaptureOptions extends SignalOptions {
  /** Impressions of items, with their own measure; false for none. */
  impressions?: Omit<ImpressionOptions, keyof SignalOptions> | false;
  /** Clicks on items. Default true. */
  clicks?: boolean;
  /** Views, active time and scroll depth of the page that `data-hb-page` names. Default true. */
  pages?: boolean;
}

/** A mark that stays this long after a route has changed is the new page's, too. */
const SETTLED_MS = 2000;
/** A mark that came this short before a route changed came with it. */
const TOGETHER_MS = 50;

/**
 * Listens to everything that attributes tell: impressions and clicks of `data-hb-id`, pages of `data-hb-page`, actions of
 * `data-hb-action` and `data-hb-present`, searches of `data-hb-search`. What is inside `data-hb-ignore` is left alone, and no
 * field is read but the one marked `data-hb-query`, when its form is submitted. Called again for the same root it changes
 * nothing. The returned function stops it.
 *
 * @example
 * autocapture(me, { impressions: { ratio: 0.75 } });
 */
export function autocapture(me: Recorder, options: AutocaptureOptions = {}): Stop {
  return whileAllowed(me, () => {
    const { impressions = {}, clicks = true, pages = true } = options;
    const { root } = settingsOf(options);
    const heard = listening(me, options, [actionOf(me, ACTIONS), searchOf, ...(clicks ? [clickOf] : [])]);
    const seen = impressions && watchSeen(me, { ...options, ...impressions });
    const page = pages && watchPage(me);
    const parts = [heard, seen, page].filter((part) => part !== false);
    const watchers = [...parts.map(({ watcher }) => watcher), watchPresent(me, options, ACTIONS)];
    return all([watchTree(me, root, watchers), ...parts.map(({ stop }) => stop)]);
  });
}

/** Follows whose page it is. A route ends it at once; the mark of the next one may come before, with it, or later. */
function watchPage(me: Recorder): { watcher: Watcher; stop: Stop } {
  let item = '';
  let since = -Infinity;
  let stale: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stops: Stop[] = [];
  const open = (next: string): void => {
    const signals = next === stale ? [onDwell, onScroll] : [onView, onDwell, onScroll];
    all(stops)();
    clearTimeout(timer);
    stale = null;
    since = performance.now();
    item = next;
    stops = next ? signals.map((signal) => signal(me, { item: next })) : [];
  };
  const marks = new Set<Element>();
  const look = guarded(me, () => {
    if (marks.size === 0) return; // Nothing to ask a page of lists, however often it changes.
    for (const mark of marks) if (!mark.isConnected) marks.delete(mark);
    const next = pageItem();
    if (next !== (stale ?? item)) open(next);
  });
  const found = (mark: Element): void => {
    marks.add(mark);
    look();
  };
  const moved = guarded(me, () => {
    const next = pageItem();
    if (next !== item) return open(next);
    const isFresh = performance.now() - since < TOGETHER_MS;
    all(stops)();
    stops = [];
    stale = item;
    clearTimeout(timer);
    // Where the mark came a moment before its address, this page is the new one already.
    if (isFresh) open(next);
    else timer = setTimeout(() => open(pageItem()), SETTLED_MS);
  });
  const stopRoutes = onRoute(moved);
  return {
    watcher: { selector: '[data-hb-page]', attributes: ['data-hb-page'], found, changed: look },
    stop() {
      stopRoutes();
      open('');
    },
  };
}
