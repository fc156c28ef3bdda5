import {
  ErrorCode,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/web-sdk';
import type { Personalizer } from '../../types.js';

/** The flags, and what each is. */
export interface Flags {
  /** Whether a ranking asked for now would use the profile. */
  'homebody.personalized': boolean;
  /** Whether everybody's order is shown instead of the visitor's own. */
  'homebody.neutral': boolean;
  /** Name of the segment the visitor is in; the default where there is none. */
  'homebody.segment': string | null;
  /**
   * Probability, 0 to 1, that this visit ends in a purchase; the default without consent or a model, and until the model
   * that the first question for it fetches has answered.
   */
  'homebody.intent': number | null;
}

/** What the provider needs of a personalizer. */
export type Flagged = Pick<Personalizer, 'intent' | 'neutral' | 'on' | 'personalized' | 'ready' | 'segment'>;

/**
 * A provider for the web SDK of OpenFeature, version 1: flags that the device resolves, at once and without a request.
 * Ready when `me` is, and every change of a flag is told by `PROVIDER_CONFIGURATION_CHANGED`. The evaluation context is
 * not looked at: what the flags are about is on the device.
 *
 * @example
 * await OpenFeature.setProviderAndWait('homebody', openFeatureProvider(me));
 * const segment = OpenFeature.getClient('homebody').getStringValue('homebody.segment', 'browsers');
 */
export function openFeatureProvider(me: Flagged): Provider {
  const events = new OpenFeatureEventEmitter();
  let stops: (() => void)[] = [];
  let intent: number | null = null;
  let isIntentWanted = false;
  let asking: Promise<void> | undefined;
  const read = (): Flags => ({
    'homebody.personalized': me.personalized,
    'homebody.neutral': me.neutral,
    'homebody.segment': me.segment,
    'homebody.intent': intent,
  });
  let told = read();

  const tell = (): void => {
    const now = read();
    const flagsChanged = (Object.keys(now) as (keyof Flags)[]).filter((flag) => now[flag] !== told[flag]);
    told = now;
    if (flagsChanged.length > 0) events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  };
  /** Asks once for all that happens meanwhile, and only when somebody wants to know: the model is fetched for it. */
  const ask = (): void => {
    if (!isIntentWanted || stops.length === 0) return;
    asking ??= me.intent().then(
      (now) => void (intent = now),
      () => void (intent = null),
    ).then(() => {
      asking = undefined;
      tell();
    });
  };
  const changed = (): void => {
    tell();
    // An answer that is under way may be from before.
    if (asking) void asking.then(ask);
    else ask();
  };

  function resolve<T>(type: string, flag: string, fallback: T): ResolutionDetails<T> {
    const flags = read();
    if (!Object.hasOwn(flags, flag)) return { value: fallback, reason: StandardResolutionReasons.ERROR, errorCode: ErrorCode.FLAG_NOT_FOUND };
    const wanted = TYPES[flag as keyof Flags];
    if (wanted !== type) {
      const errorMessage = `\`${flag}\` is a ${wanted}`;
      return { value: fallback, reason: StandardResolutionReasons.ERROR, errorCode: ErrorCode.TYPE_MISMATCH, errorMessage };
    }
    if (flag === 'homebody.intent' && !isIntentWanted) {
      isIntentWanted = true;
      ask();
    }
    const value = flags[flag as keyof Flags];
    if (value === null) return { value: fallback, reason: StandardResolutionReasons.DEFAULT };
    return { value: value as T, variant: String(value), reason: StandardResolutionReasons.TARGETING_MATCH };
  }

  return {
    metadata: { name: 'homebody' },
    runsOn: 'client',
    events,
    async initialize() {
      await me.ready;
      told = read();
      stops = [me.on('change', changed), me.on('segment', changed)];
      ask();
    },
    async onClose() {
      for (const stop of stops) stop();
      stops = [];
    },
    resolveBooleanEvaluation: (flag, fallback) => resolve('boolean', flag, fallback),
    resolveStringEvaluation: (flag, fallback) => resolve('string', flag, fallback),
    resolveNumberEvaluation: (flag, fallback) => resolve('number', flag, fallback),
    resolveObjectEvaluation: (flag, fallback) => resolve('object', flag, fallback),
  };
}

const TYPES: Readonly<Record<keyof Flags, string>> = {
  'homebody.personalized': 'boolean',
  'homebody.neutral': 'boolean',
  'homebody.segment': 'string',
  'homebody.intent': 'number',
};
