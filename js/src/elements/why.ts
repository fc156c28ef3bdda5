import type { Reason } from '../types.js';
import type { ReasonKind } from '../reasons.js';

/** The sentences a reason is told in; `{name}` becomes the title, category, brand or tag. */
export type ReasonTexts = Readonly<Record<ReasonKind | 'unnamed' | 'rest' | 'neutral', string>>;

/** How reasons are told. */
export interface ReasonWording {
  /** Replaces single sentences. Default: English. */
  texts?: Partial<ReasonTexts>;
  /** The name to show, when a better one is known than the published one. */
  name?: (reason: Reason) => string | undefined;
}

/** English. */
export const REASON_TEXTS: ReasonTexts = {
  none: 'Picked for variety',
  collaborative: 'Because you looked at {name}',
  content: 'Similar to {name}',
  category: 'You like {name}',
  brand: 'More from {name}',
  tag: 'You like {name}',
  popular: 'Popular right now',
  trending: 'Getting popular',
  fresh: 'New here',
  rule: 'Recommended by this site',
  cart: 'Goes with your cart',
  explore: 'To try something new',
  serendipity: 'Something different for once',
  model: 'Likely to suit you',
  unnamed: 'Because of what you looked at',
  rest: 'Other things',
  neutral: 'Same place for everybody',
};

/** German. */
export const REASON_TEXTS_DE: ReasonTexts = {
  none: 'Zur Abwechslung',
  collaborative: 'Weil Sie sich {name} angesehen haben',
  content: 'Ähnlich wie {name}',
  category: 'Sie mögen {name}',
  brand: 'Mehr von {name}',
  tag: 'Sie mögen {name}',
  popular: 'Gerade beliebt',
  trending: 'Wird gerade beliebt',
  fresh: 'Neu hier',
  rule: 'Von dieser Seite empfohlen',
  cart: 'Passt zu Ihrem Warenkorb',
  explore: 'Um Neues auszuprobieren',
  serendipity: 'Mal etwas anderes',
  model: 'Passt wahrscheinlich zu Ihnen',
  unnamed: 'Wegen dem, was Sie sich angesehen haben',
  rest: 'Anderes',
  neutral: 'Für alle an derselben Stelle',
};

const NAMED: ReadonlySet<ReasonKind> = new Set(['collaborative', 'content', 'category', 'brand', 'tag']);

/** One reason as a sentence for people; `undefined` (an item in neutral order) has its own. */
export function reasonText(reason: Reason | undefined, wording: ReasonWording = {}): string {
  const texts = { ...REASON_TEXTS, ...wording.texts };
  if (!reason) return texts.neutral;
  if (!NAMED.has(reason.kind)) return texts[reason.kind];
  const name = wording.name?.(reason) ?? reason.name;
  return name ? texts[reason.kind].replace('{name}', () => name) : texts.unnamed;
}

const CSS = `
:host { display: block; color: var(--hb-muted, inherit); font: inherit; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .6em; }
.row { display: flex; gap: 1em; justify-content: space-between; }
.share { font-variant-numeric: tabular-nums; white-space: nowrap; }
.track { display: block; block-size: .4em; margin-block-start: .25em; border-radius: 1em; background: var(--hb-line, #8884); overflow: hidden; }
.bar { display: block; block-size: 100%; border-radius: inherit; background: var(--hb-accent, currentColor); }
@media (forced-colors: active) { .track { border: 1px solid CanvasText; } .bar { background: Highlight; forced-color-adjust: none; } }
`;

// The module can be imported on a server, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

let sheet: CSSStyleSheet | undefined;

/**
 * `<hb-why>`: why an item is where it is. One sentence, or with the attribute `details` every cause with its share.
 * Give it `reasons` (from `Ranked.reasons`) and, if wanted, `wording`. Parts: `text`, `row`, `share`, `bar`.
 */
export class HbWhy extends Base {
  static readonly observedAttributes = ['details'];
  #reasons: readonly Reason[] = [];
  #wording: ReasonWording = {};

  /** The causes, strongest first. */
  get reasons(): readonly Reason[] {
    return this.#reasons;
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
  }

  attributeChangedCallback(): void {
    this.#draw();
  }

  #draw(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
    }
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(this.hasAttribute('details') && this.#reasons.length ? this.#list() : this.#sentence());
  }

  #sentence(): Element {
    const span = partOf('span', 'text');
    span.textContent = reasonText(this.#reasons[0], this.#wording);
    return span;
  }

  #list(): Element {
    const list = document.createElement('ul');
    const told = this.#reasons.filter((reason) => reason.share >= 0.005);
    list.append(...told.map((reason) => rowOf(reasonText(reason, this.#wording), reason.share)));
    const rest = 1 - told.reduce((sum, reason) => sum + reason.share, 0);
    if (rest >= 0.005) list.append(rowOf(this.#wording.texts?.rest ?? REASON_TEXTS.rest, rest));
    return list;
  }
}

function rowOf(text: string, share: number): Element {
  const item = document.createElement('li');
  const row = partOf('span', 'row');
  const percent = partOf('span', 'share');
  const track = document.createElement('span');
  const bar = partOf('span', 'bar');
  row.append(text, percent);
  percent.textContent = `${Math.round(share * 100)} %`;
  track.className = 'track';
  track.ariaHidden = 'true';
  bar.style.inlineSize = `${share * 100}%`;
  track.append(bar);
  item.append(row, track);
  return item;
}

function partOf(name: string, part: string): HTMLElement {
  const element = document.createElement(name);
  element.setAttribute('part', part);
  element.className = part;
  return element;
}

/** Registers `<hb-why>`; calling it again does nothing. */
export function defineWhy(): void {
  if (!customElements.get('hb-why')) customElements.define('hb-why', HbWhy);
}
