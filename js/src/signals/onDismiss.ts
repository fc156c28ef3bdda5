import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records "not interested": clicks on `data-hb-action="dismiss"`; `"undo"` takes it back. The returned function stops it.
 *
 * @example
 * // <button data-hb-action="dismiss">Less like this</button>
 * onDismiss(me);
 */
export function onDismiss(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['dismiss', 'undo']);
}
