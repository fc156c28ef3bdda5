import { decide, type Needs } from '../reading/needs.js';
import { asked, on } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The part of the CookieConsent interface that is used. */
export interface CookieConsentApi {
  validConsent(): unknown;
  acceptedCategory(category: string): unknown;
  getConfig?(field: 'categories'): unknown;
}

/** How `vanillaCookieConsent` reads the platform. */
export interface VanillaCookieConsentOptions {
  /** Categories that must all be accepted. Default `{ personalize: 'functionality', contribute: 'analytics' }`. */
  needs?: Needs;
  /** The module, where it is imported. Default: the global `CookieConsent` of its script tag. */
  api?: CookieConsentApi;
}

const NEEDS: Needs = { personalize: 'functionality', contribute: 'analytics' };
const EVENTS = ['cc:onFirstConsent', 'cc:onConsent', 'cc:onChange'];

/** vanilla-cookieconsent 3. A category that is read-only there cannot be refused, so it allows nothing here. */
export function vanillaCookieConsent({ needs = NEEDS, api }: VanillaCookieConsentOptions = {}): ConsentSource {
  return asked(
    () => api ?? (globalThis as { CookieConsent?: CookieConsentApi }).CookieConsent,
    (platform) => {
      if (platform.validConsent() !== true) return null;
      const categories = platform.getConfig?.('categories') as Record<string, { readOnly?: unknown }> | undefined;
      return decide(needs, (name) => !categories?.[name]?.readOnly && platform.acceptedCategory(name));
    },
    (_, changed) => on(window, EVENTS, changed),
  );
}

export { vanillaCookieConsent as default };
