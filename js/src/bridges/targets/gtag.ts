import { type Bridge, bridge, type Bridged } from '../sending/bridge.js';

/** Google's function, or any that takes its commands. */
export type Gtag = (...command: unknown[]) => void;

/** Where `toGtag` tells. */
export interface ToGtagOptions {
  /** The function. Default: the global `gtag` of the page, looked up each time; where it is missing nothing is told. */
  gtag?: Gtag;
}

/**
 * Tells Google Analytics 4: the user property `homebody_segment`, and the event `experiment_viewed` with `experiment_id`
 * and `variation_id`.
 *
 * @example
 * toGtag(me).experimentViewed({ experiment: 'checkout-button', variant: 'b' });
 */
export function toGtag(me: Bridged, options: ToGtagOptions = {}): Bridge {
  const gtag = (...command: unknown[]): unknown => {
    const call = options.gtag ?? (globalThis as { gtag?: Gtag }).gtag;
    return call ? call(...command) : false;
  };
  return bridge(me, 'gtag', {
    segment: (label) => gtag('set', 'user_properties', { homebody_segment: label }),
    experiment: ({ experiment, variant }) => gtag('event', 'experiment_viewed', { experiment_id: experiment, variation_id: variant }),
  });
}
