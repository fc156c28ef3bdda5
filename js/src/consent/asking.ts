import { whenIdle } from '../idle.js';
import type { Settings } from '../options.js';
import type { Consent } from './consent.js';
import type { Asked } from './plain.js';
import type { ConsentConfig, ConsentSurface, NoticeContext } from './types.js';

/** Opens the panel of a site that asks this. */
export type ShowPanel = (config: ConsentConfig) => Promise<void>;

/** What asks, on this page: shows our surfaces when they are due, and takes them away when nothing is left to ask. */
export class Asking {
  readonly #consent: Consent;
  readonly #context: NoticeContext;
  readonly #showPanel: ShowPanel;
  /** What is on the page: the preferences stand over the banner, which stays until there is an answer. */
  readonly #surfaces = new Map<string, ConsentSurface>();
  #isOffered = false;

  constructor(
    consent: Consent,
    { config, arm, link }: Asked,
    { language }: Settings,
    report: (thrown: unknown) => void,
    showPanel: ShowPanel,
  ) {
    this.#consent = consent;
    this.#context = { consent, config, language, arm, link, report, shown: () => consent.shown() };
    this.#showPanel = showPanel;
  }

  /** Asks, when something is to be asked. The way back is there as soon as there is something to go back to, or the law wants it. */
  begin(): void {
    this.#consent.subscribe(() => {
      if (this.#consent.asking) return;
      this.hide();
      this.offer();
    });
    const { link, report } = this.#context;
    if (this.#consent.asking) this.show('banner').then(() => this.offer(), report);
    else if (this.#consent.answered || link) whenIdle(() => this.offer(), 2000);
  }

  /** Shows a surface. */
  async show(surface: 'banner' | 'preferences' | 'panel'): Promise<void> {
    if (surface === 'panel') return this.#showPanel(this.#context.config);
    const { showBanner, showPreferences } = await load();
    this.#surfaces.get(surface)?.close();
    this.#surfaces.set(surface, await (surface === 'banner' ? showBanner : showPreferences)(this.#context));
  }

  /** Takes what asks off the page. */
  hide(): void {
    for (const surface of this.#surfaces.values()) surface.close();
    this.#surfaces.clear();
  }

  /** Offers the way back. */
  offer(): void {
    if (this.#isOffered) return;
    this.#isOffered = true;
    load().then(({ showLink }) => showLink(this.#context)).catch(this.#context.report);
  }
}

const load = () => import(/* webpackChunkName: "homebody.banner" */ '../notice/banner.js');
