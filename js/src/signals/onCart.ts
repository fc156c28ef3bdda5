import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records what is put into the cart and taken out of it: clicks on `data-hb-action="cart_add"` and `"cart_remove"`, with
 * `data-hb-value` pieces (one without it). The returned function stops it.
 *
 * @example
 * // <button data-hb-action="cart_add" data-hb-value="2">Add two</button>
 * onCart(me);
 */
export function onCart(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['cart_add', 'cart_remove']);
}
