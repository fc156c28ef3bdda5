/** Entry of the script-tag bundle: `<script src="homebody.js" data-server="…" data-key="…">`. */
import { explained, HomebodyError } from './errors.js';
import { personalize } from './personalize.js';
import type * as signals from './signals/index.js';
import type { Personalizer, PersonalizeOptions } from './types.js';

/** webpack's: the folder this script came from. */
declare const __webpack_public_path__: string;

type Signals = typeof signals;

declare global {
  interface Window {
    /** What the script tag offers to the page. */
    homebody: typeof api & { me?: Promise<Personalizer> };
  }
}

/** A signal whose code comes with consent: before, there is nothing it may record. */
function afterConsent(name: keyof Signals) {
  return (me: Personalizer, options?: unknown): (() => void) => {
    let stop: (() => void) | undefined;
    let begun = false;
    let stopped = false;
    const begin = async (): Promise<void> => {
      if (begun || stopped || !me.consent.allowed('personalize')) return;
      begun = true;
      try {
        const { [name]: signal } = await import(/* webpackChunkName: "homebody.signals" */ './signals/index.js');
        if (!stopped) stop = signal(me, options as never);
      } catch (cause) {
        me.report('script_unavailable', name, cause);
      }
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

const SIGNALS = 'autocapture onCart onCheckout onClick onDismiss onDwell onImpression onPurchase onRating onScroll onSearch onShare onSurvey onThumbs onView onWishlist';

const api = {
  personalize,
  HomebodyError,
  ...(Object.fromEntries(SIGNALS.split(' ').map((name) => [name, afterConsent(name as keyof Signals)])) as unknown as Signals),
};

/** Lists in the markup; their code comes where there are any. */
const lists = async (): Promise<void> => {
  if (!document.querySelector('hb-list')) return;
  const { defineList } = await import(/* webpackChunkName: "homebody.list" */ './list/element.js');
  defineList(window.homebody.me);
};

const onError = (error: HomebodyError): void => console.warn(`homebody: ${error.message} (${error.hint})`);

/** Tells that a platform's reader could not be had; what fetching said is the cause. */
const unread = (name: string) => async (cause: unknown) => onError(await explained(new HomebodyError('options', `\`data-consent\` names no reader: \`${name}\``, cause)));

/**
 * Begins with what the `data-` attributes say: with our own banner, by hand, or with the reader of the consent platform
 * they name. Its file is fetched only then; when that fails nobody is asked, so nothing is allowed, and the page works on.
 * The reader is not called here, as a configuration may say how; `bind` fails where the file has none.
 */
async function begin(dataset: DOMStringMap): Promise<Personalizer> {
  const { server, key, placement, site, language, region, config: consentConfig, consent = 'banner', policy: policyUrl, worker } = dataset;
  // Attributes that are not there are undefined, which every option takes for its default.
  const given = { server, key, placement, site, language, region, consentConfig, policyUrl, worker: worker === '' || worker, onError } as PersonalizeOptions;
  const reader = `${__webpack_public_path__}sources/${consent}.js`;
  const isOurs = consent === 'banner' || consent === 'manual';
  given.consent = isOurs
    ? consent
    : await import(/* webpackIgnore: true */ reader).then((module) => module.default.bind()).catch(unread(consent));
  const me = await personalize(given);
  if (dataset['autocapture'] !== undefined) api.autocapture(me);
  feed(me, dataset['feeds']);
  return me;
}

/** Attaches the feeds that `data-feeds` names. What they record needs consent, so their files do, too. */
function feed(me: Personalizer, names = ''): void {
  for (const name of names.match(/\S+/g) ?? []) {
    const file = `feeds/${name}.js`;
    me.consent
      .when('personalize')
      .then(() => import(/* webpackIgnore: true */ __webpack_public_path__ + file))
      .then((module) => module.default(me))
      .catch((cause) => me.report('script_unavailable', file, cause));
  }
}

window.homebody = { ...api };
const dataset = (document.currentScript as HTMLOrSVGElement | null)?.dataset;
// Without a server and its key the page begins by itself; with one of them, it hears that the other is missing.
if (dataset?.['server'] || dataset?.['key']) {
  (window.homebody.me = begin(dataset)).catch(onError);
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => lists().catch(console.warn));
  else lists().catch(console.warn);
}
