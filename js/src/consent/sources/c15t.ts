import { decide, type Needs } from '../reading/needs.js';
import { asked } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The part of c15t's store that is used. */
export interface C15tStore {
  getState(): {
    readonly consentInfo: { readonly subjectId?: unknown } | null;
    has(category: string): unknown;
  };
  subscribe(listener: () => void): () => void;
}

/** How `c15t` reads the platform. */
export interface C15tOptions {
  /** Categories that must all be consented to. Default `{ personalize: 'experience', contribute: 'measurement' }`. */
  needs?: Needs;
  /** The `consentStore` of your runtime. Default: the global `c15tStore`. */
  store?: C15tStore;
}

const NEEDS: Needs = { personalize: 'experience', contribute: 'measurement' };

/**
 * c15t 2, by its store and not by its `__tcfapi`, which grants purpose 1 to everybody. What it grants by itself (where
 * the law is opt-out, or when it is switched off) allows nothing here; nor does `necessary`, which cannot be refused.
 */
export function c15t({ needs = NEEDS, store }: C15tOptions = {}): ConsentSource {
  return asked(
    () => store ?? (globalThis as { c15tStore?: C15tStore }).c15tStore,
    (platform) => {
      const state = platform.getState();
      // A saved choice, and nothing else, comes with an id.
      if (typeof state.consentInfo?.subjectId !== 'string') return null;
      return decide(needs, (category) => category !== 'necessary' && state.has(category));
    },
    (platform, changed) => platform.subscribe(changed),
  );
}

export { c15t as default };
