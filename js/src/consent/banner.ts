import { BANNER_CSS } from './banner-style.js';
import type { Settings } from '../options.js';
import type { Consent } from './consent.js';
import { bannerTexts } from './texts.js';
import type { Choice, ConsentSurface, ConsentSurfaceContext } from './types.js';

/**
 * `<hb-consent>`: asks, without taking the page away. A labelled region, first in the document, so it is the first thing
 * a keyboard or screen reader meets; focus is not moved, nothing is locked. Yes and no look the same. Escape decides
 * later. Parts: `banner`, `title`, `body`, `policy`, `accept`, `reject`, `later`.
 */
export class HbConsent extends HTMLElement implements ConsentSurface {
  #context: ConsentSurfaceContext | undefined;
  readonly #escape = (event: KeyboardEvent): void => {
    // An open dialog of the page has the key first.
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    this.#context?.decide('later');
  };

  /** Fills the banner. */
  show(context: ConsentSurfaceContext): void {
    this.#context = context;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(BANNER_CSS);
    root.adoptedStyleSheets = [sheet];
    const { texts, language } = bannerTexts(context.language, context.texts);
    const answer = (yes: boolean): Choice => Object.fromEntries(context.purposes.map((purpose) => [purpose, yes]));
    const actions = element('div', { class: 'actions' });
    actions.append(
      button('accept', 'choice', texts.accept, () => context.decide(answer(true))),
      button('reject', 'choice', texts.reject, () => context.decide(answer(false))),
      button('later', 'later', texts.later, () => context.decide('later')),
    );
    const section = element('section', { part: 'banner', 'aria-label': texts.label, lang: language });
    section.append(element('h2', { part: 'title' }, texts.title), this.#body(texts.body, texts.policy), actions);
    root.replaceChildren(section);
  }

  connectedCallback(): void {
    document.addEventListener('keydown', this.#escape);
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#escape);
  }

  close(): void {
    this.#context = undefined;
    this.remove();
  }

  /** Puts itself first in `body`, as soon as there is one. */
  enter(): void {
    if (!this.#context) return;
    if (document.body) document.body.prepend(this);
    else document.addEventListener('DOMContentLoaded', () => this.enter(), { once: true });
  }

  #body(text: string, policy: string): HTMLElement {
    const body = element('p', { part: 'body' }, text);
    const href = this.#context?.policyUrl;
    if (href) body.append(' ', element('a', { part: 'policy', href }, policy));
    return body;
  }
}

/** Asks with the banner, and passes the answer on. */
export function askWithBanner(
  consent: Consent,
  { language, texts, policyUrl, purposes }: Settings,
  report: (thrown: unknown) => void,
): ConsentSurface {
  const banner = showBanner({
    purposes,
    language: language ?? (document.documentElement.lang || navigator.language),
    texts: texts ?? {},
    ...(policyUrl && { policyUrl }),
    decide: (choice) => {
      banner.close();
      if (choice === 'later') consent.defer();
      else consent.set(choice, 'banner').catch(report);
    },
  });
  consent.requested();
  return banner;
}

/** Puts the banner on the page, first in `body`. */
export function showBanner(context: ConsentSurfaceContext): ConsentSurface {
  if (!customElements.get('hb-consent')) customElements.define('hb-consent', HbConsent);
  const banner = (document.querySelector('hb-consent') ?? document.createElement('hb-consent')) as HbConsent;
  banner.show(context);
  banner.enter();
  return banner;
}

function button(part: string, kind: string, text: string, press: () => void): HTMLElement {
  const made = element('button', { type: 'button', part, class: kind }, text);
  made.addEventListener('click', press);
  return made;
}

function element(tag: string, attributes: Readonly<Record<string, string>>, text = ''): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}
