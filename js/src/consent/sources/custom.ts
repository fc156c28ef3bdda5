import type { Purpose } from '../../types.js';
import { decide } from '../reading/needs.js';
import { told } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** Tells the visitor's answers by our purposes; anything that is not `true` is a no, and null is "not known". */
export type Tell = (answers: Readonly<Partial<Record<Purpose, unknown>>> | null) => void;

/**
 * Any other consent platform: `start` listens to it, tells every answer and returns how to stop. Until something is told,
 * and after `start` has failed, nothing is allowed.
 *
 * @example
 * custom((tell) => myPlatform.onChange(({ topics }) => tell({ personalize: topics.includes('shopping') })));
 */
export function custom(start: (tell: Tell) => (() => void) | void): ConsentSource {
  return told((tell) => {
    try {
      const stop = start((answers) => {
        const isKnown = typeof answers === 'object' && answers !== null;
        tell(isKnown ? decide(namesOf(answers), (purpose) => answers[purpose]) : null);
      });
      return () => stop?.();
    } catch {
      tell(null);
      return () => undefined;
    }
  });
}

function namesOf(answers: object): Partial<Record<Purpose, Purpose>> {
  return Object.fromEntries(Object.keys(answers).map((purpose) => [purpose, purpose]));
}
