import { type Bridge, bridge, type Bridged } from '../sending/bridge.js';

/** The part of Segment's library that is used. */
export interface SegmentTracker {
  track(event: string, properties: object): unknown;
}

/** Where `toSegment` tells. */
export interface ToSegmentOptions {
  /** The library. Default: the global `analytics`, looked up each time; where it is missing nothing is told. */
  analytics?: SegmentTracker;
}

/**
 * Tells Segment: the events `Homebody Segment Changed` with `segment`, and `Experiment Viewed` with `experiment_id` and
 * `variation_id`.
 *
 * @example
 * toSegment(me).experimentViewed({ experiment: 'checkout-button', variant: 'b' });
 */
export function toSegment(me: Bridged, options: ToSegmentOptions = {}): Bridge {
  const track = (event: string, properties: object): unknown => {
    const analytics = options.analytics ?? (globalThis as { analytics?: SegmentTracker }).analytics;
    if (!analytics) return false;
    // A failure of the library's own is told by the library.
    Promise.resolve(analytics.track(event, properties)).catch(() => undefined);
    return true;
  };
  return bridge(me, 'segment', {
    segment: (label) => track('Homebody Segment Changed', { segment: label }),
    experiment: ({ experiment, variant }) => track('Experiment Viewed', { experiment_id: experiment, variation_id: variant }),
  });
}
