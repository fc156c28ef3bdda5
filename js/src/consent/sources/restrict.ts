import type { Purpose } from '../../types.js';
import type { Choice, ConsentSource } from '../types.js';

/**
 * A signal that can only take away: an opt-out under a law that knows no opt-in. It has no way to say yes, so it never
 * allows what nobody consented to.
 */
export interface Restriction {
  /** The purposes it may take away. */
  readonly covers: readonly Purpose[];
  /** The purposes it takes away now; null while that is not known. */
  denies(): readonly Purpose[] | null;
  /** Calls back on every change; the returned function stops it. */
  subscribe(changed: () => void): () => void;
}

/**
 * A source whose answers are cut by restrictions. While a restriction is not known, what it covers is refused; when that
 * would be `personalize`, nothing is known at all, because a refusal deletes the profile and silence must not.
 */
export function restrict(source: ConsentSource, ...restrictions: readonly Restriction[]): ConsentSource {
  return {
    get fault() {
      return source.fault;
    },
    read() {
      const answers = source.read();
      if (!answers) return null;
      const choice: Choice = { ...answers };
      for (const restriction of restrictions) {
        const denied = restriction.denies();
        if (!denied && restriction.covers.includes('personalize')) return null;
        for (const purpose of denied ?? restriction.covers) choice[purpose] = false;
      }
      return choice;
    },
    subscribe(changed) {
      const stops = [source, ...restrictions].map((each) => each.subscribe(changed));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
