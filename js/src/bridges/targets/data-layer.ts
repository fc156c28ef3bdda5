import { type Bridge, bridge, type Bridged } from '../sending/bridge.js';

/** Where `toDataLayer` tells. */
export interface ToDataLayerOptions {
  /** Name of the data layer. Default `'dataLayer'`. */
  dataLayer?: string;
}

/**
 * Tells a data layer, such as Tag Manager's: `{ event: 'homebody_segment', homebody_segment }` and
 * `{ event: 'experiment_viewed', experiment_id, variation_id }`.
 *
 * @example
 * toDataLayer(me).experimentViewed({ experiment: 'checkout-button', variant: 'b' });
 */
export function toDataLayer(me: Bridged, { dataLayer = 'dataLayer' }: ToDataLayerOptions = {}): Bridge {
  const push = (entry: object): void => {
    const page = globalThis as unknown as Record<string, unknown[]>;
    (page[dataLayer] ??= []).push(entry);
  };
  return bridge(me, 'data-layer', {
    segment: (label) => push({ event: 'homebody_segment', homebody_segment: label }),
    experiment: ({ experiment, variant }) => push({ event: 'experiment_viewed', experiment_id: experiment, variation_id: variant }),
  });
}
