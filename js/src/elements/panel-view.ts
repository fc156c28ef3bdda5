import type { ConsentState } from '../consent/types.js';
import type { FacetView } from '../generated/FacetView.js';
import type { ItemView } from '../generated/ItemView.js';
import type { NoteView } from '../generated/NoteView.js';
import type { Audit, ProfileView, Purpose } from '../types.js';
import { button, make, section, toggle } from './panel-dom.js';
import { filled, type PanelTexts } from './panel-texts.js';

/** Everything the panel shows at one moment. */
export interface PanelModel {
  readonly texts: PanelTexts;
  readonly language: string;
  readonly consent: ConsentState;
  readonly neutral: boolean;
  /** Null while nothing may be known. */
  readonly profile: ProfileView | null;
  readonly segment: string | null;
  readonly audit: Audit | null;
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
  mute(topic: FacetView): void;
  forget(item: ItemView): void;
  undo(item: ItemView): void;
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
  const order = toggle(texts.neutral, texts.neutralAbout, neutral, {
    key: 'neutral',
    on: () => act.setNeutral(!neutral),
  });
  const gpc = consent.gpc ? make('p', { class: 'note', text: texts.gpc }) : undefined;
  return section('choices', texts.choices, [...purposes, order, gpc]);
}

function known(model: PanelModel, act: PanelActions): HTMLElement {
  const { texts, profile, consent } = model;
  if (!profile || [profile.items, profile.facets, profile.searches, profile.surveys].every(({ length }) => length === 0)) {
    const empty = consent.purposes.personalize.effective ? texts.nothingKnown : texts.noConsent;
    return section('known', texts.known, [make('p', { part: 'empty', text: empty })]);
  }
  return section('known', texts.known, [
    make('p', { part: 'summary', text: summary(model, profile) }),
    ...standing(model, profile),
    ...topics(model, profile, act),
    ...refused(model, profile, act),
    ...items(model, profile, act),
    ...notes(texts.searches, profile.searches, (count) => (count > 1 ? `${count} ×` : '')),
    ...notes(texts.surveys, profile.surveys, String),
  ]);
}

function summary({ texts, language }: PanelModel, profile: ProfileView): string {
  const number = new Intl.NumberFormat(language);
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  return filled(texts.summary, {
    interactions: number.format(profile.interactions),
    items: number.format(profile.items.length + profile.older_items),
    since: profile.first_at_ms ? since.format(profile.first_at_ms) : '–',
  });
}

function standing({ texts, segment, audit }: PanelModel, { answers }: ProfileView): HTMLElement[] {
  const percent = (share: number): number => Math.round(share * 100);
  const said = segment ? [filled(texts.segment, { name: segment })] : [];
  if (answers > 0) said.push(filled(texts.answers, { count: answers }));
  if (audit && audit.impressions > 0) {
    const { impressions: count, coverage, known } = audit;
    said.push(filled(texts.audit, { count, coverage: percent(coverage), known: percent(known) }));
  }
  return said.map((text) => make('p', { part: 'standing', text }));
}

/** Words the visitor typed or answered, each with its number. */
function notes(title: string, all: readonly NoteView[], remark: (value: number) => string): HTMLElement[] {
  const rows = all.map(({ text, value }) => {
    const what = make('span', { class: 'what' }, [text, make('span', { class: 'when', text: remark(value) })]);
    return make('li', { part: 'note' }, [what]);
  });
  return rows.length ? [make('h4', { text: title }), make('ul', {}, rows)] : [];
}

/** What was dismissed or disliked, all of it: it could not be taken back otherwise. */
function refused({ texts, nameOf }: PanelModel, { items }: ProfileView, act: PanelActions): HTMLElement[] {
  const rows = items
    .filter((item) => item.refused)
    .map((item) => {
      const name = nameOf(item.id);
      const undo = button(texts.undo, 'quiet', {
        key: `undo-${item.id}`,
        attributes: { 'aria-label': `${texts.undo}: ${name}` },
        on: () => act.undo(item),
      });
      return make('li', { part: 'item' }, [make('span', { class: 'what' }, [name]), undo]);
    });
  return rows.length ? [make('h4', { text: texts.refused }), make('ul', {}, rows)] : [];
}

function topics({ texts }: PanelModel, { facets }: ProfileView, act: PanelActions): HTMLElement[] {
  // Ignored and disliked ones always stay in sight: they could not be taken back otherwise. What was only shown is no
  // taste yet.
  const shown = facets.filter(
    ({ muted, strength }, index) => (index < FIRST_TOPICS && strength !== 0) || muted || strength < 0,
  );
  if (shown.length === 0) return [];
  const strongest = Math.max(...shown.map((topic) => Math.abs(topic.strength)));
  const rows = shown.map((topic) => topicRow(texts, topic, strongest, act));
  return [make('h4', { text: texts.topics }), make('ul', {}, rows)];
}

function topicRow(texts: PanelTexts, topic: FacetView, strongest: number, act: PanelActions): HTMLElement {
  const bar = make('span', { class: 'bar', part: 'bar' });
  bar.style.inlineSize = `${Math.max(4, Math.round((100 * Math.abs(topic.strength)) / (strongest || 1)))}%`;
  const remark = topic.muted ? texts.muted : topic.strength < 0 ? texts.disliked : '';
  const what = make('span', { class: 'what' }, [
    remark ? `${topic.name} (${remark})` : topic.name,
    make('span', { class: 'track', attributes: { 'aria-hidden': 'true' } }, [bar]),
  ]);
  const change = topic.muted ? texts.unmute : texts.mute;
  const control = button(change, 'quiet', {
    key: `topic-${topic.key}`,
    attributes: { 'aria-label': `${change}: ${topic.name}` },
    on: () => act.mute(topic),
  });
  return make('li', { part: 'topic', class: remark ? 'is-muted' : '' }, [what, control]);
}

function items(model: PanelModel, profile: ProfileView, act: PanelActions): (HTMLElement | undefined)[] {
  const { texts, allItems } = model;
  const shown = allItems ? profile.items : profile.items.slice(0, FIRST_ITEMS);
  if (shown.length === 0) return [];
  const rows = shown.map((item) => itemRow(model, item, act));
  const more =
    shown.length < profile.items.length
      ? button(filled(texts.more, { count: profile.items.length }), 'quiet', {
          key: 'more',
          on: () => act.showAllItems(),
        })
      : undefined;
  return [make('h4', { text: texts.items }), make('ul', {}, rows), more];
}

function itemRow({ texts, language, nameOf }: PanelModel, item: ItemView, act: PanelActions): HTMLElement {
  const name = nameOf(item.id);
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const kind = texts.kinds[item.refused ? 'dismiss' : item.last_kind] ?? item.last_kind.replaceAll('_', ' ');
  const facts = [kind, item.count > 1 && `${item.count} ×`, item.last_at_ms && when.format(item.last_at_ms)];
  return make('li', { part: 'item' }, [
    make('span', { class: 'what' }, [name, make('span', { class: 'when', text: facts.filter(Boolean).join(' · ') })]),
    button(texts.forget, 'quiet', {
      key: `item-${item.id}`,
      attributes: { 'aria-label': `${texts.forget}: ${name}` },
      on: () => act.forget(item),
    }),
  ]);
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
  return make(
    'div',
    { class: 'confirm', part: 'confirm', attributes: { role: 'group', 'aria-labelledby': 'erase-question' } },
    [
      make('p', { text: texts.eraseConfirm, attributes: { id: 'erase-question' } }),
      make('div', { class: 'buttons' }, [
        button(texts.keep, 'plain', { key: 'keep', on: () => act.confirmErase(false) }),
        button(texts.eraseNow, 'danger', { key: 'erase-now', on: () => act.erase() }),
      ]),
    ],
  );
}
