import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records what is put on a wish list: clicks on `data-hb-action="wishlist"`. The returned function stops it.
 *
 * @example
 * // <li data-hb-id="alien"> … <button data-hb-action="wishlist">Remember</button></li>
 * onWishlist(me);
 */
export function onWishlist(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['wishlist']);
}
