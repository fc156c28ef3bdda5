import type { Purpose } from '../../types.js';
import { tried } from '../reading/watch.js';
import type { ConsentControl, ConsentState } from '../types.js';

/** What `gcmOut` tells. */
export interface GcmOutOptions {
  /**
   * Signals that follow each purpose. Default
   * `{ personalize: ['personalization_storage', 'functionality_storage'], contribute: ['analytics_storage'] }`; those of
   * advertising are never touched unless they are named here.
   */
  signals?: Partial<Record<Purpose, readonly string[]>>;
  /** Name of the data layer. Default `'dataLayer'`. */
  dataLayer?: string;
}

const SIGNALS: NonNullable<GcmOutOptions['signals']> = {
  personalize: ['personalization_storage', 'functionality_storage'],
  contribute: ['analytics_storage'],
};

/**
 * Tells Google's Consent Mode what the visitor chose here: `gtag('consent', 'update', …)` now and on every change; the
 * returned function stops it. Before a choice it says nothing, so set your defaults to `denied` as Google asks you to.
 *
 * @example
 * gcmOut(me.consent);
 */
export function gcmOut(consent: ConsentControl, { signals = SIGNALS, dataLayer = 'dataLayer' }: GcmOutOptions = {}): () => void {
  let last = '';
  const tell = (state: ConsentState): void => {
    const update = readState(state, signals, last !== '');
    let text = '';
    for (const [signal, value] of Object.entries(update)) text += `${signal}=${value} `;
    if (text === last) return;
    last = text;
    const page = globalThis as unknown as Record<string, unknown[]>;
    // Whatever stands there instead of a data layer, or listens to it, is not our page's problem.
    tried(() => gtag((page[dataLayer] ??= []))('consent', 'update', update));
  };
  tell(consent.state());
  return consent.subscribe(tell);
}

/** The signals for a state. A purpose nobody decided on is left out, once something was told it is denied. */
export function readState(
  { purposes, asked }: ConsentState,
  signals: NonNullable<GcmOutOptions['signals']>,
  wasTold: boolean,
): Record<string, 'granted' | 'denied'> {
  const update: Record<string, 'granted' | 'denied'> = {};
  for (const purpose of Object.keys(signals) as Purpose[]) {
    const { status, effective } = purposes[purpose];
    const isDecided = effective || status === 'refused' || status === 'withdrawn';
    if (!asked.includes(purpose) || !(isDecided || wasTold)) continue;
    for (const signal of signals[purpose] ?? []) update[signal] = effective ? 'granted' : 'denied';
  }
  return update;
}

/** Consent Mode takes the arguments object of a call, not a list. */
function gtag(layer: unknown[]): (...command: unknown[]) => void {
  return function (..._command) {
    layer.push(arguments);
  };
}
