import { decide, type Needs } from '../reading/needs.js';
import { asked, on } from '../reading/watch.js';
import type { ConsentSource } from '../types.js';

/** The part of Cookiebot that is used. */
export interface CookiebotApi {
  readonly hasResponse: unknown;
  readonly consent: Readonly<Record<string, unknown>>;
}

/** How `cookiebot` reads the platform. */
export interface CookiebotOptions {
  /** Categories that must all be accepted. Default `{ personalize: 'preferences', contribute: 'statistics' }`. */
  needs?: Needs<'preferences' | 'statistics' | 'marketing'>;
}

const NEEDS: NonNullable<CookiebotOptions['needs']> = { personalize: 'preferences', contribute: 'statistics' };
const EVENTS = ['CookiebotOnConsentReady', 'CookiebotOnAccept', 'CookiebotOnDecline'];

/** Cookiebot. What it calls an implied consent is none here. */
export function cookiebot({ needs = NEEDS }: CookiebotOptions = {}): ConsentSource {
  return asked(
    () => (globalThis as { Cookiebot?: CookiebotApi }).Cookiebot,
    ({ hasResponse, consent }) => {
      if (hasResponse !== true) return null;
      return decide(needs, (category) => consent['method'] === 'explicit' && consent[category]);
    },
    (_, changed) => on(window, EVENTS, changed),
  );
}

export { cookiebot as default };
