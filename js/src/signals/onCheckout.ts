import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records the steps of a checkout, by `data-hb-value`: as soon as `data-hb-present="checkout"` is on the page, or by clicks
 * on `data-hb-action="checkout"`. It needs no item. The returned function stops it.
 *
 * @example
 * // <section data-hb-present="checkout" data-hb-value="2">Address</section>
 * onCheckout(me);
 */
export function onCheckout(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['checkout']);
}
