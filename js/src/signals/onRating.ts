import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records ratings: clicks on `data-hb-action="rating"`, with `data-hb-value` stars, 1 to 5. The returned function stops it.
 *
 * @example
 * // <input type="radio" name="stars" data-hb-action="rating" data-hb-value="4">
 * onRating(me);
 */
export function onRating(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['rating']);
}
