import { attributeOf, isMatch, itemIn, type SignalOptions } from './item.js';
import { listen, type Reader } from './listen.js';
import type { Recorder, Stop } from './listening.js';

export type { SignalOptions } from './item.js';

/**
 * Records clicks on items, with the middle button too; a click on a control of the item that has an action of its own
 * (`data-hb-action`) is no click on the item. The returned function stops it.
 *
 * @example
 * onClick(me, { root: document.querySelector('#films') });
 */
export function onClick(me: Recorder, options: SignalOptions = {}): Stop {
  return listen(me, options, [clickOf], false);
}

/** Reads clicks on items. */
export const clickOf: Reader = (event, path, settings) => {
  if (event.type === 'submit') return null;
  const hasAction = (element: Element): boolean => attributeOf(element, 'data-hb-action') !== null;
  const at = path.findIndex((element) => hasAction(element) || isMatch(element, settings.selector));
  const first = path[at];
  if (!first || hasAction(first)) return null;
  const item = itemIn(path.slice(at), settings);
  return item ? { kind: 'click', item } : null;
};
