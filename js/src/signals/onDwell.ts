import { all, guarded, hear, type Recorder, type Stop } from './listening.js';
import { measure, type PageOptions } from './page.js';

export type { PageOptions } from './page.js';

/** Signs of life are passed on at most this often. */
const ACTIVITY_EVERY_MS = 1000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'touchstart', 'wheel'];

/** Which page the device counts for; the end of an older one is not the end of this. */
const counted = new WeakMap<Recorder, object>();

/**
 * Measures the active time on an item's page: visible, focused and used, not just open. A hidden tab, a blurred window
 * and 30 seconds without input add nothing. What counts is decided by the tracker in the ranking module; this only passes
 * the signs on. The time is recorded when the page is left; the returned function ends it before.
 *
 * @example
 * const stop = onDwell(me, { item: 'alien' });
 */
export function onDwell(me: Recorder, options: PageOptions): Stop {
  const mine = {};
  let stop: Stop = () => undefined;
  return measure(me, 'dwell', options, {
    open() {
      counted.set(me, mine);
      me.attend({ type: 'open', item: options.item });
      stop = passSigns(me);
    },
    close() {
      stop();
      if (counted.get(me) === mine) me.attend({ type: 'close' });
    },
  });
}

function passSigns(me: Recorder): Stop {
  let last = -Infinity;
  let wasVisible = true;
  const alive = guarded(me, ({ timeStamp }: Event) => {
    if (timeStamp - last < ACTIVITY_EVERY_MS) return;
    last = timeStamp;
    me.attend({ type: 'activity' });
  });
  const look = guarded(me, () => {
    // A frame inside the page may have the focus: then the document has it too, although the window does not.
    const visible = document.visibilityState === 'visible' && document.hasFocus();
    if (visible === wasVisible) return;
    wasVisible = visible;
    me.attend({ type: 'visibility', visible });
  });
  look();
  return all([
    hear(window, SIGNS_OF_LIFE, alive),
    hear(document, ['visibilitychange'], look),
    hear(window, ['focus', 'blur'], look),
  ]);
}
