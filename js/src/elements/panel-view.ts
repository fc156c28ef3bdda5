import type { NoticeContext, PurposeId } from '../consent/types.js';
import type { FacetView } from '../generated/FacetView.js';
import type { ItemView } from '../generated/ItemView.js';
import { kit } from '../notice/banner.js';
import type { Words } from '../notice/words.js';
import type { PanelWords } from '../texts/profile-shape.js';
import type { Audit, Profile } from '../types.js';
import { button, make, notes, section, titled } from './panel-dom.js';
import { hints } from './panel-hints.js';
import { experiments } from './panel-experiments.js';
import { type Given, givenSection } from './panel-given.js';
import { toggle } from './panel-toggle.js';
import { filled } from './panel-texts.js';
import { reasonText } from './reason-text.js';

/** Everything the panel shows at one moment. */
export interface PanelModel {
  readonly texts: PanelWords;
  readonly language: string;
  /** The site's configuration and the visitor's choices, with the words of the notice. */
  readonly notice: NoticeContext;
  readonly words: Words;
  readonly neutral: boolean;
  /** Null while nothing may be known. */
  readonly profile: Profile | null;
  readonly segment: string | null;
  readonly audit: Audit | null;
  readonly given: Given;
  readonly server: string | undefined;
  readonly allItems: boolean;
  readonly confirming: boolean;
  /** The name people know an item by. */
  readonly nameOf: (id: string) => string;
}

/** What can be done in the panel. */
export interface PanelActions {
  choose(purpose: PurposeId, on: boolean): void;
  pause(on: boolean): void;
  saveReceipt(): void;
  setNeutral(on: boolean): void;
  mute(topic: FacetView): void;
  favour(topic: FacetView): void;
  forget(item: Pick<ItemView, 'id'>): void;
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
  const given = givenSection(model.given, model.texts, model.language);
  return [choices(model, act), known(model, act), ...(given ? [given] : []), rights(model, act)];
}

function choices(model: PanelModel, act: PanelActions): HTMLElement {
  const { texts, notice, neutral, words } = model;
  const { asked, gpc, paused } = notice.consent.state();
  const note = (text: string): HTMLElement => make('p', { class: 'note', part: 'note', text });
  return section('choices', texts.choices, [
    gpc ? note(words.say('signal.gpc')) : undefined,
    paused ? note(texts.paused) : undefined,
    ...asked.map((purpose) => choice(model, purpose, act)),
    toggle(texts.neutral, [texts.neutralAbout], neutral, 'neutral', () => act.setNeutral(!neutral)),
    toggle(texts.pause, [texts.pauseAbout], paused, 'pause', () => act.pause(!paused)),
  ]);
}

/** One purpose: what it is, since when it is as it is and until when, and the sentence of explicit consent. */
function choice(model: PanelModel, purpose: PurposeId, act: PanelActions): HTMLElement {
  const { notice, words, language } = model;
  const { effective = false, since, expires, despiteGpc } = notice.consent.state().purposes[purpose] ?? {};
  const { explicit } = notice.config.purposes[purpose] ?? {};
  const about = [`${kit.keyOf(notice, purpose)}.body`, explicit, despiteGpc && 'signal.gpc_despite'];
  const told = [...about.map((key) => key && words.say(key)), since && span(language, since, expires)];
  return toggle(kit.titleOf(notice, words, purpose), told, effective, `purpose-${purpose}`, () => act.choose(purpose, !effective));
}

/** The days of an answer, as the language writes a span: no words are needed to say from when to when it counts. */
function span(language: string, since: string, expires: string | undefined): string {
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  return expires ? days.formatRange(new Date(since), new Date(expires)) : days.format(new Date(since));
}

function known(model: PanelModel, act: PanelActions): HTMLElement {
  const { texts, profile, notice } = model;
  if (!profile || [profile.items, profile.facets, profile.searches, profile.surveys, profile.hints, profile.experiments].every(({ length }) => length === 0)) {
    const empty = notice.consent.state().purposes.personalize.effective ? texts.nothingKnown : texts.noConsent;
    return section('known', texts.known, [make('p', { part: 'empty', text: empty })]);
  }
  return section('known', texts.known, [
    make('p', { part: 'summary', text: summary(model, profile) }),
    ...standing(model, profile),
    ...why(model, profile),
    ...topics(model, profile, act),
    ...refused(model, profile, act),
    ...items(model, profile, act),
    ...notes(texts.searches, profile.searches, (count) => (count > 1 ? `${count} ×` : '')),
    ...notes(texts.surveys, profile.surveys, String),
    ...hints(model, profile, act),
    ...experiments(model, profile),
  ]);
}

function summary({ texts, language }: PanelModel, profile: Profile): string {
  const number = new Intl.NumberFormat(language);
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' });
  return filled(texts.summary, {
    interactions: number.format(profile.interactions),
    items: number.format(profile.items.length + profile.older_items),
    since: profile.first_at_ms ? since.format(profile.first_at_ms) : '–',
  });
}

function standing({ texts, segment, audit }: PanelModel, { answers }: Profile): HTMLElement[] {
  const percent = (share: number): number => Math.round(share * 100);
  const said = segment ? [filled(texts.segment, { name: segment })] : [];
  if (answers > 0) said.push(filled(texts.answers, { count: answers }));
  if (audit && audit.impressions > 0) {
    const { impressions: count, coverage, known } = audit;
    said.push(filled(texts.audit, { count, coverage: percent(coverage), known: percent(known) }));
  }
  return said.map((text) => make('p', { part: 'standing', text }));
}

/** What heads the list, each with the main reason; in everybody's order what is known moves nothing. */
function why({ texts, neutral, nameOf }: PanelModel, { top }: Profile): HTMLElement[] {
  const first = neutral ? [] : top.map(({ id, reasons: [value] }) => ({ text: nameOf(id), value }));
  return notes(texts.whyTitle, first, (reason) => reasonText(reason, { texts: texts.reasons }));
}

/** What was dismissed or disliked, all of it: it could not be taken back otherwise. */
function refused({ texts, nameOf }: PanelModel, { items }: Profile, act: PanelActions): HTMLElement[] {
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
  return titled(texts.refused, rows);
}

function topics({ texts }: PanelModel, { facets }: Profile, act: PanelActions): HTMLElement[] {
  // Ignored and disliked ones always stay in sight: they could not be taken back otherwise. What was only shown is no
  // taste yet.
  const shown = facets.filter(
    ({ muted, strength }, index) => (index < FIRST_TOPICS && strength !== 0) || muted || strength < 0,
  );
  const strongest = Math.max(...shown.map((topic) => Math.abs(topic.strength)));
  const rows = shown.map((topic) => topicRow(texts, topic, strongest, act));
  return titled(texts.topics, rows);
}

function topicRow(texts: PanelWords, topic: FacetView, strongest: number, act: PanelActions): HTMLElement {
  const bar = make('span', { class: 'bar', part: 'bar' });
  bar.style.inlineSize = `${Math.max(4, Math.round((100 * Math.abs(topic.strength)) / (strongest || 1)))}%`;
  const remark = topic.muted ? texts.muted : topic.strength < 0 ? texts.disliked : '';
  const what = make('span', { class: 'what' }, [
    remark ? `${topic.name} (${remark})` : topic.name,
    make('span', { class: 'track', attributes: { 'aria-hidden': 'true' } }, [bar]),
  ]);
  const control = (word: string, key: string, on: () => void): HTMLElement =>
    button(word, 'quiet', { key: `${key}-${topic.key}`, attributes: { 'aria-label': `${word}: ${topic.name}` }, on });
  return make('li', { part: 'topic', class: remark ? 'is-muted' : '' }, [
    what,
    topic.muted ? undefined : control(texts.topicsMore, 'more', () => act.favour(topic)),
    control(topic.muted ? texts.unmute : texts.mute, 'topic', () => act.mute(topic)),
  ]);
}

function items(model: PanelModel, profile: Profile, act: PanelActions): (HTMLElement | undefined)[] {
  const { texts, allItems } = model;
  const shown = allItems ? profile.items : profile.items.slice(0, FIRST_ITEMS);
  const rows = shown.map((item) => itemRow(model, item, act));
  const more =
    shown.length < profile.items.length
      ? button(filled(texts.more, { count: profile.items.length }), 'quiet', {
          key: 'more',
          on: () => act.showAllItems(),
        })
      : undefined;
  return [...titled(texts.items, rows), more];
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
  const { texts, confirming, notice, words, server } = model;
  const { policyUrl } = notice.config.controller;
  const download = model.profile
    ? button(texts.download, 'plain', { key: 'download', on: () => act.download() })
    : undefined;
  const erase = button(texts.erase, 'danger', {
    key: 'erase',
    attributes: { 'aria-expanded': String(confirming), 'aria-describedby': 'erase-about' },
    on: () => act.confirmErase(!confirming),
  });
  const receipt = button(texts.receipt, 'plain', {
    key: 'receipt',
    attributes: { 'aria-describedby': 'receipt-about' },
    on: () => act.saveReceipt(),
  });
  const link = (href: string | undefined, text: string): HTMLElement | undefined =>
    href ? make('a', { class: 'policy', part: 'policy', text, attributes: { href } }) : undefined;
  return section('rights', texts.rights, [
    make('p', { text: texts.receiptAbout, attributes: { id: 'receipt-about' } }),
    make('div', { class: 'buttons' }, [receipt, download]),
    make('p', { text: texts.eraseAbout, attributes: { id: 'erase-about' } }),
    make('div', { class: 'buttons' }, [erase]),
    confirming ? confirmation(texts, act) : undefined,
    make('div', { class: 'buttons' }, [link(policyUrl, words.say('banner.policy')), link(server && `${server}/transparency`, texts.whyTitle)]),
  ]);
}

function confirmation(texts: PanelWords, act: PanelActions): HTMLElement {
  return make('div', { class: 'confirm', part: 'confirm', attributes: { role: 'group', 'aria-labelledby': 'erase-question' } }, [
    make('p', { text: texts.eraseConfirm, attributes: { id: 'erase-question' } }),
    make('div', { class: 'buttons' }, [
      button(texts.keep, 'plain', { key: 'keep', on: () => act.confirmErase(false) }),
      button(texts.eraseNow, 'danger', { key: 'erase-now', on: () => act.erase() }),
    ]),
  ]);
}
