import type { Display, Personalizer, Ranked } from '../types.js';
import { fill } from './fields.js';
import type { Tell } from './reasons.js';
import { focusIn, replace } from './replace.js';
import { sessionSeed } from './seed.js';

/** What `hb-list` events tell. */
export interface ListShown {
  /** Everything the list shows, in its order. */
  readonly ranked: readonly Ranked<Display>[];
  /** Whether there may be more of it. */
  readonly more: boolean;
}

// The module can be imported on a server, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);
const SIZE = 12;
/** How far below the screen an endless list begins to fetch, in pixels. */
const AHEAD = '600px';
/** What is no item of a list. */
const KEPT = 'template, [data-hb-more]';
/** Where an item tells why it is there. */
const WHY = '[data-hb-reason], hb-why';

let give: (me: Personalizer | PromiseLike<Personalizer | null> | null) => void;
/** Who ranks; lists that are on the page before it is said wait. */
const page = new Promise<Personalizer | null>((resolve) => (give = resolve)).catch(() => null);

/**
 * `<hb-list placement="home" size="12">`: a list that fills itself. Its `<template>` says what an item looks like; fields
 * are bound by `data-hb-text="title"`, `-alt`, `-src`, `-href`, `-price`; `data-hb-reason` and `<hb-why>` tell why. The
 * items stand in the element itself, or in its child with `data-hb-items`. What the server wrote there stays until the
 * ranked list is there. A button with `data-hb-more` shows more, with the attribute `endless` scrolling does. Sends
 * `hb-list` with what it shows. See `docs/lists.md`.
 */
export class HbList extends Base {
  static readonly observedAttributes = ['placement', 'size'];
  #candidates: readonly (Display & { id: string })[] | undefined;
  #me: Personalizer | null | undefined;
  #ranked: readonly Ranked<Display>[] = [];
  /** How many are wanted. */
  #want = 0;
  #isFull = false;
  #seed = 0;
  #asked = 0;
  #busy = false;
  #stop: (() => void) | undefined;
  #tell: Promise<Tell | undefined> | undefined;
  #sight: IntersectionObserver | undefined;

  /** Your own candidates, with the fields the template names. Default: the placement's pool. */
  get candidates(): readonly (Display & { id: string })[] | undefined {
    return this.#candidates;
  }
  set candidates(candidates: readonly (Display & { id: string })[] | undefined) {
    this.#candidates = candidates;
    this.refresh();
  }

  /** Who ranks. Default: who was given to `defineList`. */
  set me(me: Personalizer | null) {
    this.#me = me;
    void this.#begin();
  }

  /** What the list shows. */
  get ranked(): readonly Ranked<Display>[] {
    return this.#ranked;
  }

  connectedCallback(): void {
    this.ariaBusy = 'true';
    this.addEventListener('click', this.#clicked);
    void this.#begin();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#sight?.disconnect();
    this.#asked += 1;
  }

  attributeChangedCallback(): void {
    this.refresh();
  }

  /** Begins the list anew. */
  refresh(): void {
    if (this.#stop) void this.#list(this.#size);
  }

  /** Shows the next `size` items; what is shown already stays where it is. */
  async more(): Promise<void> {
    if (!this.#stop || this.#busy || this.#isFull) return;
    const asked = this.#begun(this.#ranked.length + this.#size);
    const next = await this.#rank(this.#size, this.#ranked.length);
    if (asked === this.#asked) await this.#show([...this.#ranked, ...next], next.length < this.#size);
  }

  get #size(): number {
    const size = Math.trunc(Number(this.getAttribute('size')));
    return size > 0 ? size : SIZE;
  }

  async #begin(): Promise<void> {
    await parsed();
    const me = this.#me ?? (await page);
    if (!this.isConnected || me !== (this.#me ?? me)) return;
    this.#stop?.();
    this.#me = me;
    this.#stop = me?.on('change', () => this.#changed());
    if (me) await this.#list(this.#size);
    else this.ariaBusy = null;
  }

  /** Pages that were turned stay as they are, until somebody else's order is wanted. */
  #changed(): void {
    if (this.#ranked.length > this.#size && isPersonal(this.#ranked) === this.#me?.personalized) return;
    void this.#list(Math.max(this.#size, this.#want));
  }

  async #list(limit: number): Promise<void> {
    const asked = this.#begun(limit);
    this.#seed = sessionSeed(this.#me as Personalizer);
    const ranked = await this.#rank(limit, 0);
    if (asked === this.#asked) await this.#show(ranked, ranked.length < limit);
  }

  #begun(want: number): number {
    this.#want = want;
    this.#busy = true;
    this.ariaBusy = 'true';
    return (this.#asked += 1);
  }

  #rank(limit: number, offset: number): Promise<Ranked<Display>[]> {
    const placement = this.getAttribute('placement');
    const options = { limit, offset, seed: this.#seed, ...(placement && { placement }) };
    return (this.#me as Personalizer).rank(this.#candidates as undefined, options);
  }

  async #show(all: readonly Ranked<Display>[], isFull: boolean): Promise<void> {
    const asked = this.#asked;
    const template = this.#template;
    const tell = template?.content.querySelector(WHY) ? await (this.#tell ??= tellerFor(this.#language)) : undefined;
    if (asked !== this.#asked || !this.isConnected) return;
    const ranked = [...new Map(all.map((each) => [each.id, each])).values()];
    if (template && ranked.length > 0 && !this.#isWritten(ranked)) this.#draw(template, ranked, tell);
    this.#ranked = ranked;
    this.#busy = false;
    this.#isFull = isFull;
    this.ariaBusy = null;
    this.#watch();
    const detail: ListShown = { ranked, more: !isFull };
    this.dispatchEvent(new CustomEvent('hb-list', { bubbles: true, detail }));
  }

  #draw(template: HTMLTemplateElement, ranked: readonly Ranked<Display>[], tell: Tell | undefined): void {
    const box = this.#box;
    const items = this.#items;
    const known = new Map(items.map((item) => [item.getAttribute('data-hb-id'), item]));
    const manner = { language: this.#language, currency: this.getAttribute('currency') };
    const order = ranked.flatMap((each) => {
      const copy = known.get(each.id) ?? document.importNode(template.content, true).firstElementChild;
      if (!copy) return [];
      fill(copy, each, manner);
      if (tell) for (const place of copy.querySelectorAll(WHY)) tell(place, each.reasons);
      return [copy];
    });
    replace(box, items, order, box.querySelector(':scope > [data-hb-more]'));
  }

  /** Whether it is everybody's order and the server has written it already. */
  #isWritten(ranked: readonly Ranked<Display>[]): boolean {
    const items = this.#items;
    const isWhole = items.length >= ranked.length && items.every((item) => item.matches('[data-hb-id]'));
    return isWhole && this.#ranked.length === 0 && !isPersonal(ranked);
  }

  /** What shows more: gone at the end, and where it had the focus, the last item has it. */
  #watch(): void {
    const more = this.querySelector<HTMLElement>('[data-hb-more]');
    const last = this.#items.at(-1);
    if (more && this.#isFull && more === document.activeElement) focusIn(last);
    if (more) more.hidden = this.#isFull;
    this.#sight?.disconnect();
    if (!this.hasAttribute('endless') || !last) return;
    const seen = ([entry]: IntersectionObserverEntry[]) => void (entry?.isIntersecting && this.more());
    this.#sight = new IntersectionObserver(seen, { rootMargin: AHEAD });
    this.#sight.observe(last);
  }

  readonly #clicked = (event: Event): void => {
    const button = (event.target as Element).closest('[data-hb-more]');
    if (button?.closest('hb-list') === this) void this.more();
  };

  get #box(): Element {
    return this.querySelector(':scope > [data-hb-items]') ?? this;
  }

  get #items(): Element[] {
    return Array.from(this.#box.children).filter((child) => !child.matches(KEPT));
  }

  get #template(): HTMLTemplateElement | null {
    return this.querySelector(':scope > template, :scope > [data-hb-items] > template');
  }

  get #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language;
  }
}

/** Registers `<hb-list>`, and says who ranks for all that are told nothing else; who was first stays. */
export function defineList(me?: Personalizer | Promise<Personalizer | null> | null): void {
  if (me !== undefined) give(me);
  if (globalThis.customElements && !customElements.get('hb-list')) customElements.define('hb-list', HbList);
}

function isPersonal(ranked: readonly Ranked<Display>[]): boolean {
  return ranked.some(({ personalized }) => personalized);
}

/** What tells reasons; where it cannot be had they are not told. */
function tellerFor(language: string): Promise<Tell | undefined> {
  const reasons = import(/* webpackChunkName: "homebody.why" */ './reasons.js');
  return reasons.then(({ teller }) => teller(language)).catch(() => undefined);
}

/** Markup may come in pieces: the template is there when the page is. */
function parsed(): Promise<unknown> {
  return new Promise<unknown>((resolve) => {
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', resolve, { once: true });
    else resolve(null);
  });
}
