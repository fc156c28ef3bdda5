import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records what is shared: clicks on `data-hb-action="share"`. The returned function stops it.
 *
 * @example
 * // <button data-hb-action="share">Share</button>
 * onShare(me);
 */
export function onShare(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['share']);
}
