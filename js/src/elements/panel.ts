import type { Choice, NoticeContext, PurposeId } from '../consent/types.js';
import type { FacetView } from '../generated/FacetView.js';
import type { ItemView } from '../generated/ItemView.js';
import { kit } from '../notice/banner.js';
import { kit as shared } from '../notice/preferences.js';
import type { Words } from '../notice/words.js';
import { make, saveFile, saveJson } from './panel-dom.js';
import { givenOf } from './panel-given.js';
import { panelFrame } from './panel-frame.js';
import { noticeOf, type PanelHost, type PanelSettings } from './panel-settings.js';
import { PANEL_CSS } from './panel-style.js';
import { ENGLISH, filled, panelTexts } from './panel-texts.js';
import type { PanelWords } from '../texts/profile-shape.js';
import type { Told } from '../texts/told.js';
import { type PanelActions, type PanelModel, panelSections } from './panel-view.js';

export type { PanelHost, PanelSettings } from './panel-settings.js';

// The module can be imported on a server, where there are no elements.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<hb-privacy-panel>`: choices, everything that is known, neutral order, download, erasure, in one native dialog.
 * Has the attribute `open` while it is shown. Parts: `dialog`, `title`, `close`, `section`, `note`, `button`, `switch`,
 * `topic`, `bar`, `item`, `confirm`, `policy`.
 */
export class HbPrivacyPanel extends Base implements PanelActions {
  #host: PanelHost | null = null;
  #settings: PanelSettings = {};
  #told: Told<PanelWords> = { texts: ENGLISH, language: 'en', dir: 'ltr' };
  #notice: NoticeContext | undefined;
  #words: Words | undefined;
  #dialog: HTMLDialogElement | undefined;
  #body = make('div', { class: 'body', attributes: { tabindex: '0' } });
  #live = make('div', { class: 'live', attributes: { role: 'status' } });
  #allItems = false;
  #confirming = false;
  #opener: Element | null = null;
  #stop: (() => void)[] = [];
  #drawing = 0;

  /** Shows the panel; focus goes back to where it was when it closes. */
  async show(host: PanelHost, settings: PanelSettings = {}): Promise<void> {
    this.#host = host;
    this.#settings = settings;
    this.#told = await panelTexts(this.#language, settings.texts);
    const notice = (this.#notice = noticeOf(host, settings));
    this.#words = await new Promise((resolve) => kit.withWords(notice, resolve, shared.DETAILS));
    this.#allItems = this.#confirming = false;
    const dialog = (this.#dialog ??= this.#build());
    dialog.lang = this.#told.language;
    dialog.dir = this.#told.dir;
    if (dialog.open) return this.#draw();
    this.#opener = focused(document);
    this.#say('');
    const redraw = (): void => void this.#draw();
    this.#stop = [host.consent.subscribe(redraw), host.on('change', redraw)];
    await this.#draw();
    dialog.showModal();
    this.toggleAttribute('open', true);
    this.#body.scrollTop = 0;
  }

  /** Hides it. */
  close(): void {
    this.#dialog?.close();
  }

  disconnectedCallback(): void {
    for (const stop of this.#stop.splice(0)) stop();
  }

  choose(purpose: PurposeId, on: boolean): void {
    const consent = this.#host?.consent;
    void this.#attempt(async () => consent?.set({ [purpose]: on } satisfies Choice, 'panel'));
  }

  pause(on: boolean): void {
    const consent = this.#host?.consent;
    void this.#attempt(async () => (on ? consent?.pause() : consent?.resume()));
  }

  saveReceipt(): void {
    void this.#attempt(async () => {
      const receipt = await this.#host?.consent.receipt();
      if (receipt) saveFile(receipt, 'homebody-receipt.json');
    }, this.#texts.receiptSaved);
  }

  setNeutral(on: boolean): void {
    void this.#attempt(async () => {
      if (this.#host) this.#host.neutral = on;
    });
  }

  mute(topic: FacetView): void {
    void this.#attempt(async () => this.#host?.mute(topic.key, !topic.muted));
  }

  favour(topic: FacetView): void {
    void this.#attempt(async () => this.#host?.favour(topic.key));
  }

  forget(item: Pick<ItemView, 'id'>): void {
    const said = filled(this.#texts.forgotten, { name: this.#nameOf(item.id) });
    void this.#attempt(async () => this.#host?.forget(item.id), said);
  }

  undo(item: ItemView): void {
    const said = filled(this.#texts.undone, { name: this.#nameOf(item.id) });
    void this.#attempt(async () => void this.#host?.undo(item.id), said);
  }

  showAllItems(): void {
    this.#allItems = true;
    void this.#draw();
  }

  download(): void {
    void this.#attempt(async () => {
      const data = await this.#host?.exportData();
      saveJson(data, 'homebody-profile.json');
    }, this.#texts.downloaded);
  }

  confirmErase(asked: boolean): void {
    this.#confirming = asked;
    void this.#draw(asked ? 'keep' : 'erase');
  }

  erase(): void {
    const texts = this.#texts;
    this.#confirming = false;
    void this.#attempt(async () => {
      const erased = await this.#host?.erase();
      const wiped = (erased?.wiped ?? []).map((what) => texts.wiped[what] ?? what).join(', ');
      return filled(texts.erased, { ms: Math.max(1, Math.round(erased?.ms ?? 0)), wiped });
    });
  }

  get #texts(): PanelWords {
    return this.#told.texts;
  }

  get #language(): string {
    return this.#settings.language || document.documentElement.lang || 'en';
  }

  #nameOf(id: string): string {
    const title = this.#settings.nameOf?.(id) ?? this.#host?.display(id)?.['title'];
    return typeof title === 'string' && title ? title : id;
  }

  async #attempt(work: () => Promise<unknown>, done = this.#texts.saved): Promise<void> {
    let said = done;
    try {
      const result = await work();
      if (typeof result === 'string') said = result;
    } catch (error) {
      said = filled(this.#texts.failed, { reason: error instanceof Error ? error.message : String(error) });
    }
    await this.#draw();
    this.#say(said);
  }

  #say(text: string): void {
    this.#live.replaceChildren(...(text ? [make('p', { class: 'note', text })] : []));
  }

  /** Draws the sections again; the focus stays where it was, goes to `focusKey`, or to what follows a thing that is gone. */
  async #draw(focusKey?: string): Promise<void> {
    const host = this.#host;
    const [notice, words] = [this.#notice, this.#words];
    if (!host || !notice || !words) return;
    const drawing = (this.#drawing += 1);
    const [profile, audit, given] = await Promise.all([host.profile().catch(() => null), host.audit().catch(() => null), givenOf(host)]);
    if (drawing !== this.#drawing) return;
    const key = focusKey ?? (focused(this.shadowRoot) as HTMLElement | null)?.dataset['key'];
    const place = this.#keyed().findIndex((element) => element.dataset['key'] === key);
    this.#body.replaceChildren(...panelSections(this.#model(host, { notice, words, profile, audit, given }), this));
    if (!key || !this.#dialog?.open) return;
    const next = this.#keyed();
    (next.find((element) => element.dataset['key'] === key) ?? next[place] ?? this.#body).focus();
  }

  #keyed(): HTMLElement[] {
    return [...this.#body.querySelectorAll<HTMLElement>('[data-key]')];
  }

  #model(host: PanelHost, drawn: Pick<PanelModel, 'notice' | 'words' | 'profile' | 'audit' | 'given'>): PanelModel {
    return {
      ...drawn,
      texts: this.#texts,
      language: this.#told.language,
      server: this.#settings.server,
      neutral: host.neutral,
      segment: host.segment,
      allItems: this.#allItems,
      confirming: this.#confirming,
      nameOf: (id) => this.#nameOf(id),
    };
  }

  #build(): HTMLDialogElement {
    const root = kit.rootOf(this);
    kit.dress(root, PANEL_CSS, this.#settings.config?.theme);
    const dialog = panelFrame(this.#texts, () => this.close());
    dialog.append(this.#body);
    this.#body.before(this.#live);
    dialog.addEventListener('cancel', (event) => {
      if (!this.#confirming) return;
      event.preventDefault();
      this.confirmErase(false);
    });
    dialog.addEventListener('close', () => this.#closed());
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) this.close();
    });
    root.append(dialog);
    return dialog;
  }

  #closed(): void {
    this.disconnectedCallback();
    this.toggleAttribute('open', false);
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus();
    this.dispatchEvent(new CustomEvent('hb:panel-closed'));
  }
}

function focused(root: Document | ShadowRoot | null): Element | null {
  return root?.activeElement ?? null;
}

/** Registers `<hb-privacy-panel>`; calling it again does nothing. */
export function definePanel(): void {
  kit.define('hb-privacy-panel', HbPrivacyPanel);
}

/** Shows the page's panel, adding it to the page the first time. */
export async function openPanel(host: PanelHost, settings: PanelSettings = {}): Promise<HbPrivacyPanel> {
  definePanel();
  const found = document.querySelector<HbPrivacyPanel>('hb-privacy-panel');
  const panel = found ?? (document.createElement('hb-privacy-panel') as HbPrivacyPanel);
  if (!found) document.body.append(panel);
  await panel.show(host, settings);
  return panel;
}
