/** Entry of the script-tag bundle: `<script src="homebody.js" data-server="…" data-key="…">`. */
import { HomebodyError } from './errors.js';
import { personalize } from './personalize.js';
import type * as signals from './signals/index.js';
import type { Personalizer, PersonalizeOptions } from './types.js';

/** webpack's: the folder this script came from. */
declare const __webpack_public_path__: string;

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

const onError = (error: HomebodyError): void => console.warn(`homebody: ${error.message} (${error.hint})`);

/**
 * Begins with what the `data-` attributes say: with our own banner, by hand, or with the reader of the consent platform
 * they name. Its file is fetched only then; when that fails nobody is asked, so nothing is allowed, and the page works on.
 */
async function begin(dataset: DOMStringMap): Promise<Personalizer> {
  const { server, key, placement, site, language, consent = 'banner', policy: policyUrl } = dataset;
  // Attributes that are not there are undefined, which every option takes for its default.
  const given = { server, key, placement, site, language, policyUrl, onError } as PersonalizeOptions;
  const reader = `${__webpack_public_path__}sources/${consent}.js`;
  const isOurs = consent === 'banner' || consent === 'manual';
  given.consent = isOurs
    ? consent
    : await import(/* webpackIgnore: true */ reader).then((module) => module.default()).catch(console.warn);
  return personalize(given);
}

window.homebody = { ...api };
const dataset = (document.currentScript as HTMLOrSVGElement | null)?.dataset;
// Without a server and its key the page begins by itself.
if (dataset?.['server'] && dataset['key']) (window.homebody.me = begin(dataset)).catch(onError);
