import type { Recorder, Stop } from './listening.js';
import { measure, type PageOptions } from './page.js';

/**
 * Records that the page of an item was opened: once a route, and again when the page comes back from the back/forward
 * cache. A page that is open when the visitor says yes counts from then on. The returned function stops it.
 *
 * @example
 * onView(me, { item: 'alien' });
 */
export function onView(me: Recorder, options: PageOptions): Stop {
  const { item } = options;
  return measure(me, 'view', options, {
    open: (how) => void (how === 'on' || me.record({ kind: 'view', item })),
    close: () => undefined,
  });
}
