import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records purchases: each line of the confirmation with `data-hb-present="purchase"`, its item and `data-hb-value` pieces, once
 * an order (`data-hb-order` on it or around it); a confirmation that is loaded again is no second purchase. The returned
 * function stops it.
 *
 * @example
 * // <ul data-hb-order="10045"><li data-hb-id="alien" data-hb-present="purchase" data-hb-value="2">Alien</li></ul>
 * onPurchase(me);
 */
export function onPurchase(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['purchase']);
}
