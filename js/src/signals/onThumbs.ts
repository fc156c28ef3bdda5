import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records thumbs: clicks on `data-hb-action="thumbs_up"` and `"thumbs_down"`; `"undo"` takes the last one back. The returned
 * function stops it.
 *
 * @example
 * // <button data-hb-action="thumbs_up" aria-label="I like it">👍</button>
 * onThumbs(me);
 */
export function onThumbs(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['thumbs_up', 'thumbs_down', 'undo']);
}
