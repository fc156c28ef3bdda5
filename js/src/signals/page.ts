import { all, guarded, hear, once, type Recorder, type Stop, whileAllowed } from './listening.js';
import { onLeave, onRoute, routes } from './route.js';

/** Whose page it is. */
export interface PageOptions {
  /** Id of the item this page is about. */
  item: string;
}

/** What is measured of an item's page while it is open. */
export interface Gauge {
  /** The page is open: for the first time, back from the back/forward cache, or going on as before. */
  open(how: 'new' | 'back' | 'on'): void;
  close(): void;
}

/** Leaving may come to nothing: a sign of life this long after is one of a page that stayed. */
const STAYED_MS = 1500;
const SIGNS_OF_STAYING = ['pointerdown', 'pointermove', 'keydown', 'touchstart', 'wheel'];

/**
 * Measures the item's page from now until it is left: by another route, by another document, or by `stop`. What was open
 * on one route is closed there and never booked on the next. The same measure of the same page is taken once.
 */
export function measure(me: Recorder, name: string, { item }: PageOptions, gauge: Gauge): Stop {
  return once(me, `${name} ${routes()} ${item}`, () => {
    const stop = whileAllowed(me, () => follow(me, gauge));
    return typeof document === 'object' ? all([onRoute(stop), stop]) : stop;
  });
}

function follow(me: Recorder, gauge: Gauge): Stop {
  let isOpen = false;
  let leftAt = Infinity;
  const open = (how: 'new' | 'back' | 'on'): void => {
    if (isOpen) return;
    isOpen = true;
    leftAt = Infinity;
    gauge.open(how);
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    gauge.close();
  };
  const left = guarded(me, (isCertain: boolean) => {
    close();
    leftAt = isCertain ? Infinity : performance.now();
  });
  const shown = guarded(me, ({ persisted }: PageTransitionEvent) => persisted && open('back'));
  const alive = guarded(me, () => performance.now() > leftAt + STAYED_MS && open('on'));
  const stop = all([onLeave(left), hear(window, ['pageshow'], shown), hear(window, SIGNS_OF_STAYING, alive)]);
  open('new');
  return () => {
    stop();
    close();
  };
}
