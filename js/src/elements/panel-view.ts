import type { ConsentState } from '../consent/types.js';
import type { Purpose } from '../types.js';
import { button, make, section, toggle } from './panel-dom.js';
import type { KnownItem, KnownProfile, KnownTopic } from './panel-profile.js';
import { filled, type PanelTexts } from './panel-texts.js';

/** Everything the panel shows at one moment. */
export interface PanelModel {
  readonly texts: PanelTexts;
  readonly language: string;
  readonly consent: ConsentState;
  readonly neutral: boolean;
  /** Null while nothing may be known. */
  readonly profile: KnownProfile | null;
  readonly canMute: boolean;
  readonly allItems: boolean;
  readonly confirming: boolean;
  readonly policyUrl: string | undefined;
  /** The name people know an item by. */
  readonly nameOf: (id: string) => string;
}

/** What can be done in the panel. */
export interface PanelActions {
  choose(purpose: Purpose, on: boolean): void;
  setNeutral(on: boolean): void;
  mute(topic: KnownTopic): void;
  forget(item: KnownItem): void;
  showAllItems(): void;
  download(): void;
  confirmErase(asked: boolean): void;
  erase(): void;
}

const FIRST_ITEMS = 6;
const FIRST_TOPICS = 8;

/** The sections of the panel, top to bottom. */
export function panelSections(model: PanelModel, act: PanelActions): HTMLElement[] {
  return [choices(model, act), known(model, act), rights(model, act)];
}

function choices({ texts, consent, neutral }: PanelModel, act: PanelActions): HTMLElement {
  const purposes = consent.asked.map((purpose) => {
    const on = consent.purposes[purpose].effective;
    const { name, about } = texts.purposes[purpose];
    return toggle(name, about, on, { key: `purpose-${purpose}`, on: () => act.choose(purpose, !on) });
  });
  const order = toggle(texts.neutral, texts.neutralAbout, neutral, { key: 'neutral', on: () => act.setNeutral(!neutral) });
  const gpc = consent.gpc ? make('p', { class: 'note', text: texts.gpc }) : undefined;
  return section('choices', texts.choices, [...purposes, order, gpc]);
}

function known(model: PanelModel, act: PanelActions): HTMLElement {
  const { texts, profile, consent } = model;
  if (!profile || (profile.items.length === 0 && profile.topics.length === 0)) {
    const empty = consent.purposes.personalize.effective ? texts.nothingKnown : texts.noConsent;
    return section('known', texts.known, [make('p', { part: 'empty', text: empty })]);
  }
  return section('known', texts.known, [
    make('p', { part: 'summary', text: summary(model, profile) }),
    ...topics(model, profile, act),
    ...items(model, profile, act),
    ...searches(texts, profile),
  ]);
}

function summary({ texts, language }: PanelModel, profile: KnownProfile): string {
  const number = new Intl.NumberFormat(language);
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  return filled(texts.summary, {
    interactions: number.format(profile.interactions),
    items: number.format(profile.items.length),
    since: profile.firstAtMs ? since.format(profile.firstAtMs) : '–',
  });
}

function topics({ texts, canMute }: PanelModel, profile: KnownProfile, act: PanelActions): HTMLElement[] {
  // Ignored ones always stay in sight: they could not be taken back otherwise.
  const shown = profile.topics.filter((topic, index) => index < FIRST_TOPICS || topic.muted);
  if (shown.length === 0) return [];
  const rows = shown.map((topic) => {
    const bar = make('span', { class: 'bar', part: 'bar' });
    bar.style.inlineSize = `${Math.max(4, Math.round(topic.strength * 100))}%`;
    const label = topic.muted ? `${topic.name} (${texts.muted})` : topic.name;
    const what = make('span', { class: 'what' }, [label, make('span', { class: 'track', attributes: { 'aria-hidden': 'true' } }, [bar])]);
    const change = topic.muted ? texts.unmute : texts.mute;
    const control = canMute
      ? button(change, 'quiet', { key: `topic-${topic.key}`, attributes: { 'aria-label': `${change}: ${topic.name}` }, on: () => act.mute(topic) })
      : undefined;
    return make('li', { part: 'topic', class: topic.muted ? 'is-muted' : '' }, [what, control]);
  });
  return [make('h4', { text: texts.topics }), make('ul', {}, rows)];
}

function items(model: PanelModel, profile: KnownProfile, act: PanelActions): (HTMLElement | undefined)[] {
  const { texts, allItems } = model;
  const shown = allItems ? profile.items : profile.items.slice(0, FIRST_ITEMS);
  if (shown.length === 0) return [];
  const rows = shown.map((item) => itemRow(model, item, act));
  const more = shown.length < profile.items.length
    ? button(filled(texts.more, { count: profile.items.length }), 'quiet', { key: 'more', on: () => act.showAllItems() })
    : undefined;
  return [make('h4', { text: texts.items }), make('ul', {}, rows), more];
}

function itemRow({ texts, language, nameOf }: PanelModel, item: KnownItem, act: PanelActions): HTMLElement {
  const name = nameOf(item.id);
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const kind = texts.kinds[item.lastKind] ?? item.lastKind.replaceAll('_', ' ');
  const facts = [kind, item.count > 1 && `${item.count} ×`, item.lastAtMs && when.format(item.lastAtMs)];
  return make('li', { part: 'item' }, [
    make('span', { class: 'what' }, [name, make('span', { class: 'when', text: facts.filter(Boolean).join(' · ') })]),
    button(texts.forget, 'quiet', {
      key: `item-${item.id}`,
      attributes: { 'aria-label': `${texts.forget}: ${name}` },
      on: () => act.forget(item),
    }),
  ]);
}

function searches(texts: PanelTexts, profile: KnownProfile): HTMLElement[] {
  if (profile.searches.length === 0) return [];
  const words = profile.searches.map((text) => make('li', { text }));
  return [make('h4', { text: texts.searches }), make('ul', { class: 'words-list' }, words)];
}

function rights(model: PanelModel, act: PanelActions): HTMLElement {
  const { texts, confirming, policyUrl } = model;
  const download = model.profile
    ? button(texts.download, 'plain', { key: 'download', on: () => act.download() })
    : undefined;
  const erase = button(texts.erase, 'danger', {
    key: 'erase',
    attributes: { 'aria-expanded': String(confirming), 'aria-describedby': 'erase-about' },
    on: () => act.confirmErase(!confirming),
  });
  const policy = policyUrl
    ? make('a', { class: 'policy', part: 'policy', text: texts.policy, attributes: { href: policyUrl } })
    : undefined;
  return section('rights', texts.rights, [
    make('p', { class: 'about', text: texts.eraseAbout, attributes: { id: 'erase-about' } }),
    make('div', { class: 'buttons' }, [download, erase]),
    confirming ? confirmation(texts, act) : undefined,
    policy,
  ]);
}

function confirmation(texts: PanelTexts, act: PanelActions): HTMLElement {
  return make('div', { class: 'confirm', part: 'confirm', attributes: { role: 'group', 'aria-labelledby': 'erase-question' } }, [
    make('p', { text: texts.eraseConfirm, attributes: { id: 'erase-question' } }),
    make('div', { class: 'buttons' }, [
      button(texts.keep, 'plain', { key: 'keep', on: () => act.confirmErase(false) }),
      button(texts.eraseNow, 'danger', { key: 'erase-now', on: () => act.erase() }),
    ]),
  ]);
}
