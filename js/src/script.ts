/** Entry of the script-tag bundle: `<script src="homebody.js" data-server="…" data-key="…">`. */
import { HomebodyError } from './errors.js';
import { personalize } from './personalize.js';
import type * as signals from './signals/index.js';
import type { Personalizer, PersonalizeOptions } from './types.js';

declare global {
  interface Window {
    /** What the script tag offers to the page. */
    homebody: typeof api & { me?: Promise<Personalizer> };
  }
}

/** A signal whose code comes with consent: before, there is nothing it may record. */
function afterConsent<O>(name: keyof typeof signals) {
  return (me: Personalizer, options?: O): (() => void) => {
    let stop: (() => void) | undefined;
    let begun = false;
    let stopped = false;
    const begin = async (): Promise<void> => {
      if (begun || stopped || !me.consent.allowed('personalize')) return;
      begun = true;
      const { [name]: signal } = await import(/* webpackChunkName: "homebody.rank" */ './signals/index.js');
      if (!stopped) stop = signal(me, options as never);
    };
    const unsubscribe = me.consent.subscribe(() => void begin());
    void begin();
    return () => {
      stopped = true;
      unsubscribe();
      stop?.();
    };
  };
}

const api = {
  personalize,
  HomebodyError,
  onClick: afterConsent<signals.SignalOptions>('onClick'),
  onView: afterConsent<signals.SignalOptions>('onView'),
  onDwell: afterConsent<signals.DwellOptions>('onDwell'),
};

/** Options from the `data-` attributes of the script element; null when it names no server. */
function readScript({ dataset }: HTMLScriptElement): PersonalizeOptions | null {
  const { server, key, placement, site, language, consent, policy: policyUrl } = dataset;
  if (!server || !key) return null;
  // Attributes that are not there are undefined, which every option takes for its default.
  const given = { server, key, placement, site, language, policyUrl } as PersonalizeOptions;
  return {
    ...given,
    consent: consent === 'manual' ? consent : 'banner',
    onError: (error) => console.warn(`homebody: ${error.message} (${error.hint})`),
  };
}

window.homebody = { ...api };
const script = document.currentScript;
const options = script instanceof HTMLScriptElement ? readScript(script) : null;
if (options) {
  window.homebody.me = personalize(options);
  window.homebody.me.catch(options.onError as (error: HomebodyError) => void);
}
