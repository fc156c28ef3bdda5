import { overhear } from '../reading/layer.js';
import { decide, named, type Needs } from '../reading/needs.js';
import { told, tried, whenThere } from '../reading/watch.js';
import type { Choice, ConsentSource } from '../types.js';

/** How `gcm` reads the data layer. */
export interface GcmOptions {
  /**
   * Signals that must all be granted. Default
   * `{ personalize: 'personalization_storage', contribute: 'analytics_storage' }`.
   */
  needs?: Needs;
  /** Name of the data layer. Default `'dataLayer'`. */
  dataLayer?: string;
}

const NEEDS: Needs = { personalize: 'personalization_storage', contribute: 'analytics_storage' };

/** Any consent platform that tells Google's Consent Mode. Only updates count: a default is no decision of anybody. */
export function gcm({ needs = NEEDS, dataLayer = 'dataLayer' }: GcmOptions = {}): ConsentSource {
  return told((tell) =>
    whenThere(() => {
      const page = globalThis as unknown as Record<string, unknown[]>;
      // Made where it is missing, as Google's own snippet does: what is told later comes through it.
      const layer = (page[dataLayer] ??= []);
      const signals: Record<string, unknown> = {};
      const hear = (entries: readonly unknown[]): void => {
        let isNews = false;
        for (const entry of entries) isNews = tried(() => takeUpdate(entry, signals)) || isNews;
        if (isNews) tell(readSignals(signals, needs));
      };
      if (!Array.isArray(layer)) return null;
      const stop = overhear(layer, hear);
      hear([...layer]);
      return stop;
    }),
  );
}

/** Takes over what an entry of the data layer updates; true if it was an update of consent. */
export function takeUpdate(entry: unknown, signals: Record<string, unknown>): boolean {
  const { 0: command, 1: action, 2: values } = entry as ArrayLike<unknown>;
  if (command !== 'consent' || action !== 'update') return false;
  Object.assign(signals, values);
  return true;
}

/** What the signals say; null while none that is needed was updated. */
export function readSignals(signals: Readonly<Record<string, unknown>>, needs: Needs = NEEDS): Choice | null {
  if (!named(needs).some((signal) => signal in signals)) return null;
  return decide(needs, (signal) => signals[signal] === 'granted');
}

export { gcm as default };
