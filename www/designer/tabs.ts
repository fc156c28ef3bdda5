import { byId, make } from './dom.js';
import type { Draft } from './draft.js';
import type { Form, Section } from './form.js';

/** The form, a section at a time. */
export class Tabs {
  readonly #draft: Draft;
  readonly #sections: readonly Section[];
  readonly #panel = byId('section');
  readonly #tabs: readonly HTMLButtonElement[];
  #drawn = new AbortController();
  #now: Section;

  constructor(draft: Draft, sections: readonly Section[]) {
    this.#draft = draft;
    this.#sections = sections;
    this.#now = sections[0] as Section;
    this.#tabs = sections.map((section) => this.#tabOf(section));
    const list = byId('tabs');
    list.append(...this.#tabs);
    list.addEventListener('keydown', (event) => this.#move(event));
    this.show(this.#now);
  }

  /** Draws the section that is there anew. */
  redraw(): void {
    const focused = document.activeElement?.id;
    const top = this.#panel.scrollTop;
    this.show(this.#now);
    this.#panel.scrollTop = top;
    // What was pressed may be gone with what it removed.
    const again = focused ? document.getElementById(focused) : null;
    (again ?? this.#panel).focus({ preventScroll: true });
  }

  /** Shows a section. */
  show(section: Section): void {
    this.#drawn.abort();
    this.#drawn = new AbortController();
    this.#now = section;
    const form: Form = { draft: this.#draft, signal: this.#drawn.signal, redraw: () => this.redraw() };
    const head = [make('h2', {}, section.title), make('p', { class: 'lead' }, section.lead)];
    this.#panel.replaceChildren(...head, ...section.draw(form));
    this.#panel.setAttribute('aria-labelledby', `tab-${section.id}`);
    this.#panel.scrollTop = 0;
    for (const tab of this.#tabs) {
      const isShown = tab.id === `tab-${section.id}`;
      tab.ariaSelected = String(isShown);
      tab.tabIndex = isShown ? 0 : -1;
    }
    this.#panel.dispatchEvent(new Event('filled', { bubbles: true }));
  }

  /** The section that has a part of the configuration. */
  sectionOf(part: string): Section | undefined {
    return this.#sections.find(({ parts }) => parts.includes(part));
  }

  /** Shows at each tab how much is found there. */
  count(parts: readonly string[]): void {
    for (const [index, section] of this.#sections.entries()) {
      const found = parts.filter((part) => section.parts.includes(part)).length;
      const badge = this.#tabs[index]?.querySelector('.badge');
      badge?.replaceChildren(...(found > 0 ? [String(found), make('span', { class: 'unseen' }, found > 1 ? ' findings' : ' finding')] : []));
    }
  }

  #tabOf(section: Section): HTMLButtonElement {
    const about = { type: 'button', role: 'tab', id: `tab-${section.id}`, 'aria-controls': 'section' };
    const tab = make('button', about, section.title, make('span', { class: 'badge' }));
    tab.addEventListener('click', () => this.show(section));
    return tab;
  }

  #move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = this.#tabs.findIndex(({ tabIndex }) => tabIndex === 0);
    const edge = { Home: 0, End: this.#tabs.length - 1 }[event.key];
    const to = edge ?? (step ? (at + step + this.#tabs.length) % this.#tabs.length : undefined);
    const section = to === undefined ? undefined : this.#sections[to];
    if (to === undefined || !section) return;
    event.preventDefault();
    this.show(section);
    this.#tabs[to]?.focus();
  }
}
