import { onActions } from './action.js';
import type { SignalOptions } from './item.js';
import type { Recorder, Stop } from './listening.js';

/**
 * Records answers to a survey: clicks on `data-hb-action="survey"`, with the question in `data-hb-question` (on it or around it)
 * and the answer, a number, in `data-hb-value`. The returned function stops it.
 *
 * @example
 * // <p data-hb-question="found-it"><button data-hb-action="survey" data-hb-value="1">Yes</button></p>
 * onSurvey(me);
 */
export function onSurvey(me: Recorder, options: SignalOptions = {}): Stop {
  return onActions(me, options, ['survey']);
}
