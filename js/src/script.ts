/** Entry of the script-tag bundle: `<script src="homebody.js" data-server="…" data-key="…">`. */
import { HomebodyError, onClick, onDwell, onView, personalize } from './index.js';
import type { Personalizer, PersonalizeOptions } from './types.js';

declare global {
  interface Window {
    /** What the script tag offers to the page. */
    homebody: typeof api & { me?: Promise<Personalizer> };
  }
}

const api = { personalize, onClick, onView, onDwell, HomebodyError };

/** Options from the `data-` attributes of the script element; null when it names no server. */
function readScript({ dataset }: HTMLScriptElement): PersonalizeOptions | null {
  const { server, key, placement, site, consent, policy, language } = dataset as Record<string, string | undefined>;
  if (!server || !key) return null;
  return {
    server,
    key,
    consent: consent === 'manual' ? 'manual' : 'banner',
    ...(placement && { placement }),
    ...(site && { site }),
    ...(policy && { policyUrl: policy }),
    ...(language && { language }),
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
