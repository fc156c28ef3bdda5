import type { Settings } from '../options.js';
import { Asking, type ShowPanel } from './asking.js';
import { Consent } from './consent.js';
import { isSignalled } from './gpc.js';
import { hearChoice, loadChoice, rereadChoice, storeChoice } from './kept.js';
import { type Asked, plain } from './plain.js';
import type { ConsentConfig, ConsentControl } from './types.js';

/** The device forgets of its own accord after this many days; see `FEATURE_DAYS` in the core. */
const LONGEST_DAYS = 180;

/** What consent needs of the page's lifecycle. */
export interface ConsentHost {
  readonly settings: Settings;
  readonly report: (thrown: unknown) => void;
  /** Deletes what was kept for personalisation. */
  readonly wipe: () => Promise<unknown>;
  readonly showPanel: ShowPanel;
  /** Tells the other tabs what is kept now. */
  readonly announce: (choice: string | null) => void;
}

/** The choices, and what only the page's lifecycle may do with them. */
export type PageConsent = ConsentControl & Pick<Consent, 'bits' | 'erased' | 'lapsed' | 'overdue'>;

/** What the visitor was told, and what is held to. */
export interface Promised {
  /** Days the profile may be kept; 0: only as long as the page lives. */
  readonly days: number;
  readonly purposes: ConsentConfig['purposes'];
}

/** Consent on one page. */
export interface Begun {
  readonly consent: PageConsent;
  readonly promised: Promised;
  /** Shows what is due: the notice, or the way back to the choices. */
  ask(): void;
  /** Another tab keeps this choice now; without one, the page was asleep and looks for itself. */
  hear(choice?: string | null): void;
}

/** Finds out what is asked, what holds here and what was answered. Never rejects: what fails allows nothing. */
export async function beginConsent(host: ConsentHost): Promise<Begun> {
  const { settings, report } = host;
  const { source } = settings;
  const asked = await whatIsAsked(settings, report);
  const mirror = source && (await import(/* webpackChunkName: "homebody.mirror" */ './mirror.js'));
  let asking: Asking | undefined;
  const consent: Consent = new Consent({
    terms: () => asked.terms(isSignalled()),
    legacy: asked.legacy,
    load: loadChoice,
    store: storeChoice,
    nowMs: Date.now,
    wipe: host.wipe,
    show: async (surface) => (source && surface !== 'panel' ? undefined : asking?.show(surface)),
    hide: () => asking?.hide(),
    receipt: async () => {
      const { receiptOf } = await import(/* webpackChunkName: "homebody.receipt" */ './receipt.js');
      return receiptOf(consent.state(), asked, settings);
    },
    announce: () => host.announce(loadChoice()),
    isMirrored: !!source,
  });
  mirror?.follow(consent, asked.platform ?? source!, report);
  asked.attend?.(consent);
  asking = new Asking(consent, asked, settings, report, host.showPanel);
  const isOurs = !source && settings.consent !== 'manual' && asked.config.ask?.surface !== 'manual';
  const { purposes } = asked.config;
  const { tier, retentionDays = LONGEST_DAYS } = purposes['personalize'] ?? {};
  return {
    consent,
    promised: { days: tier === 'session' ? 0 : retentionDays, purposes },
    ask() {
      if (isOurs) asking.begin();
      else if (document.querySelector('hb-privacy-link')) asking.offer();
    },
    hear(choice) {
      if (choice === undefined) rereadChoice();
      else hearChoice(choice);
      consent.reload();
    },
  };
}

async function whatIsAsked(settings: Settings, report: ConsentHost['report']): Promise<Asked> {
  if (settings.consentConfig === undefined) return plain(settings);
  const { configure } = await import(/* webpackChunkName: "homebody.config" */ './configured.js');
  return configure(settings, report);
}
