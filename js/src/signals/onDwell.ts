import type { Personalizer } from '../types.js';

/** Whose page it is. */
export interface DwellOptions {
  /** Id of the item this page is about. */
  item: string;
}

/** Signs of life are passed on at most this often. */
const ACTIVITY_EVERY_MS = 1000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'scroll', 'touchstart'] as const;

/**
 * Measures the active time on an item's page: visible and used, not just open. What counts as active is decided by the
 * tracker in the ranking module; this only passes the signs on. The returned function ends the page's dwell.
 */
export function onDwell(me: Pick<Personalizer, 'attend'>, { item }: DwellOptions): () => void {
  let last = -Infinity;
  const alive = (event: Event): void => {
    if (event.timeStamp - last < ACTIVITY_EVERY_MS) return;
    last = event.timeStamp;
    me.attend({ type: 'activity' });
  };
  const visibility = (): void => me.attend({ type: 'visibility', visible: document.visibilityState === 'visible' });
  const leave = (): void => me.attend({ type: 'close' });
  const open = (event?: PageTransitionEvent): void => {
    if (!event || event.persisted) me.attend({ type: 'open', item });
  };
  for (const type of SIGNS_OF_LIFE) addEventListener(type, alive, { passive: true, capture: true });
  document.addEventListener('visibilitychange', visibility);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', open);
  open();
  return () => {
    for (const type of SIGNS_OF_LIFE) removeEventListener(type, alive, { capture: true });
    document.removeEventListener('visibilitychange', visibility);
    removeEventListener('pagehide', leave);
    removeEventListener('pageshow', open);
    leave();
  };
}
