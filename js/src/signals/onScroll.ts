import { all, guarded, hear, type Recorder, type Stop } from './listening.js';
import { measure, type PageOptions } from './page.js';

/** Whose page it is, and what scrolls. */
export interface ScrollOptions extends PageOptions {
  /** What scrolls. Default: the document. */
  scroller?: Element;
}

/** What a visitor scrolls with. */
const HANDS = ['wheel', 'touchmove', 'keydown', 'pointerdown'];

/**
 * Records how far down an item's page the visitor scrolled: the deepest position, 1 to 100 percent of what there is to
 * scroll, when the page is left. Only what follows the visitor's own hand counts, not where a script or the way back put
 * the page, nor the position that the route before left behind. The returned function ends it before.
 *
 * @example
 * onScroll(me, { item: 'alien' });
 */
export function onScroll(me: Recorder, options: ScrollOptions): Stop {
  const { item, scroller } = options;
  let deepest = 0;
  let stop: Stop = () => undefined;
  return measure(me, 'scroll', options, {
    open() {
      deepest = 0;
      let touched = false;
      const scrolled = guarded(me, () => {
        if (touched) deepest = Math.max(deepest, depthOf(scroller ?? document.scrollingElement));
      });
      const touch = (): void => void (touched = true);
      stop = all([hear(window, ['scroll'], scrolled), hear(window, HANDS, touch)]);
    },
    close() {
      stop();
      const value = Math.round(deepest);
      if (value > 0) me.record({ kind: 'scroll', item, value });
    },
  });
}

/** Percent of what there is to scroll. */
function depthOf(scroller: Element | null): number {
  if (!scroller) return 0;
  const hidden = scroller.scrollHeight - scroller.clientHeight;
  return hidden > 0 ? Math.min(Math.max((100 * scroller.scrollTop) / hidden, 0), 100) : 0;
}
