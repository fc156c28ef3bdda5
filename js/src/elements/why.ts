import { REASONS } from '../texts/english/reasons.js';
import { profileFiles } from '../texts/files.js';
import type { ReasonTexts } from '../texts/profile-shape.js';
import { told } from '../texts/told.js';
import { reasonText, type ReasonWording } from './reason-text.js';
import { partOf, rowsOf, WHY_CSS } from './why-rows.js';
import type { Reason } from '../types.js';

export type { ReasonTexts } from '../texts/profile-shape.js';
export { reasonText, type ReasonWording } from './reason-text.js';

/** The sentences of every kind of reason, in English. */
export const REASON_TEXTS: ReasonTexts = REASONS;

/**
 * The sentences for a BCP 47 tag, English where there are none: at once in English, else a promise.
 *
 * @example
 * why.wording = { texts: await reasonTexts('de') };
 */
export function reasonTexts(tag: string): ReasonTexts | Promise<ReasonTexts> {
  const found = told(tag, REASONS, profileFiles, ({ reasons }) => reasons);
  return found instanceof Promise ? found.then(({ texts }) => texts) : found.texts;
}

// The module can be imported on a server, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** What the button says in English. */
const ASK = 'Why this?';

/** The reasons of what the page shows, by item; in memory, as long as the page. */
const shown = new Map<string, readonly Reason[]>();
let sheet: CSSStyleSheet | undefined;

/**
 * `<hb-why>`: why an item is where it is. With `item="id"` a button that opens and closes every cause with its share,
 * told by `tellReasons`; without, one sentence, or with the attribute `details` the causes at once. Or give it `reasons`
 * (from `Ranked.reasons`) and, if wanted, `wording`. Parts: `button`, `text`, `row`, `share`, `bar`.
 *
 * @example
 * defineWhy();
 * tellReasons(await me.rank());   // every <hb-why item="…"> of the page knows
 */
export class HbWhy extends Base {
  static readonly observedAttributes = ['details', 'item'];
  #reasons: readonly Reason[] | undefined;
  #wording: ReasonWording = {};
  #isOpen = false;

  /** The causes, strongest first. */
  get reasons(): readonly Reason[] {
    return this.#reasons ?? shown.get(this.getAttribute('item') ?? '') ?? [];
  }
  set reasons(reasons: readonly Reason[]) {
    this.#reasons = reasons;
    this.#draw();
  }

  /** How they are told. */
  get wording(): ReasonWording {
    return this.#wording;
  }
  set wording(wording: ReasonWording) {
    this.#wording = wording;
    this.#draw();
  }

  connectedCallback(): void {
    this.#draw();
    const language = document.documentElement.lang;
    if (this.hasAttribute('item') && language) void this.#speak(language);
  }

  attributeChangedCallback(): void {
    this.#draw();
  }

  /** Takes over the page's language, where the page did not say how reasons are told. */
  async #speak(language: string): Promise<void> {
    const english: Required<Omit<ReasonWording, 'name'>> = { texts: REASONS, ask: ASK };
    const { texts } = await told(language, english, profileFiles, ({ reasons, panel }) => {
      return { texts: reasons, ask: panel.whyTitle };
    });
    this.wording = { ...texts, ...this.#wording };
  }

  #draw(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(WHY_CSS);
    }
    root.adoptedStyleSheets = [sheet];
    const hasFocus = root.activeElement !== null;
    const isFolded = this.hasAttribute('item');
    root.replaceChildren(...(isFolded ? this.#disclosure() : [this.#told(this.hasAttribute('details'))]));
    if (hasFocus) root.querySelector('button')?.focus();
  }

  #disclosure(): Element[] {
    const button = partOf('button', 'button') as HTMLButtonElement;
    const answer = this.#told(true);
    button.type = 'button';
    button.textContent = this.#wording.ask ?? ASK;
    const show = (): void => {
      button.ariaExpanded = String(this.#isOpen);
      (answer as HTMLElement).hidden = !this.#isOpen;
    };
    button.setAttribute('aria-controls', (answer.id = 'answer'));
    button.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      show();
    });
    show();
    return [button, answer];
  }

  /** Every cause with its share, or the strongest as a sentence. */
  #told(isWhole: boolean): Element {
    const { reasons } = this;
    const rest = this.#wording.texts?.rest ?? REASON_TEXTS.rest;
    if (isWhole && reasons.length > 0) return rowsOf(reasons, rest, (reason) => reasonText(reason, this.#wording));
    const span = partOf('span', 'text');
    span.textContent = reasonText(reasons[0], this.#wording);
    return span;
  }
}

/** Registers `<hb-why>`; calling it again does nothing. */
export function defineWhy(): void {
  if (!customElements.get('hb-why')) customElements.define('hb-why', HbWhy);
}

/** Tells every `<hb-why item="…">` of the page why its item is where it is; later lists come on top. */
export function tellReasons(ranked: Iterable<{ readonly id: string; readonly reasons: readonly Reason[] }>): void {
  for (const { id, reasons } of ranked) shown.set(id, reasons);
  for (const why of document.querySelectorAll<HbWhy>('hb-why[item]')) why.attributeChangedCallback();
}
