import { tried } from '../../consent/reading/watch.js';
import type { ExperimentView } from '../../experiment.js';
import { jsonOf } from '../../json.js';
import type { Personalizer } from '../../types.js';

export type { ExperimentView };

/** What a bridge needs of a personalizer. It has no way to learn of an item. */
export type Bridged = Pick<Personalizer, 'consent' | 'on' | 'report' | 'segment'>;

/** A way out for the label of the segment and for experiments, to one receiver. */
export interface Bridge {
  /**
   * Tells that a variant is shown, each once on a page; those of `me.experiment()` are told by themselves. False when it was dropped, as there is no consent to share, or
   * when it was told before.
   */
  experimentViewed(view: ExperimentView): boolean;
  /** Tells nothing any more. */
  stop(): void;
}

/** What a receiver is told; each must be there, may throw, and says false when nobody took it. */
export interface Receiver {
  /** The visitor is in this segment; null: in none. */
  segment(label: string | null): unknown;
  /** A variant is shown. */
  experiment(view: ExperimentView): unknown;
}

/** Longest label that leaves: the limit of the smallest receiver's parameters. */
const MAX_LABEL_LENGTH = 100;

/**
 * Tells a receiver the segment, now and on every change, and experiments, as long as `share` is allowed: looked up for
 * every word, so nothing leaves after a withdrawal, and nothing is kept for later.
 */
export function bridge(me: Bridged, name: string, receiver: Receiver): Bridge {
  const shown = new Set<string>();
  let isActive = true;
  let last: string | null = null;
  const send = (work: () => unknown): boolean => {
    if (!isActive || !me.consent.allowed('share')) return false;
    try {
      return work() !== false;
    } catch (cause) {
      me.report('bridge_failed', name, cause);
      return false;
    }
  };
  const tellSegment = (label: string | null): void => {
    if (label !== last && send(() => receiver.segment(label && label.slice(0, MAX_LABEL_LENGTH)))) last = label;
  };
  const tellExperiment = ({ experiment, variant }: ExperimentView): boolean => {
    const view = { experiment: String(experiment).slice(0, MAX_LABEL_LENGTH), variant: String(variant).slice(0, MAX_LABEL_LENGTH) };
    const key = jsonOf(view);
    if (shown.has(key) || !send(() => receiver.experiment(view))) return false;
    shown.add(key);
    return true;
  };
  const stops = [
    me.on('experiment', tellExperiment),
    me.on('segment', ({ to }) => tellSegment(to)),
    me.on('change', () => tellSegment(me.segment)),
    me.consent.subscribe(() => tellSegment(me.segment)),
  ];
  tellSegment(me.segment);
  return {
    experimentViewed: tellExperiment,
    stop() {
      isActive = false;
      for (const stop of stops) tried(stop);
    },
  };
}
