import { LANGUAGES } from '../../../js/dist/texts/languages.js';
import { NOTICE_KEYS } from '../../../js/dist/texts/notice-keys.js';
import { noticeTexts } from '../../../js/dist/texts/notice.js';
import { make } from '../dom.js';
import { idOf, inWords, selectOf, textField } from '../field.js';
import type { Form, Section } from '../form.js';
import { shown, specAt } from '../schema.js';
import { keysOf, languagesOf, mainLanguage, nameOf } from '../words.js';

const GROUPS: Readonly<Record<string, string>> = {
  banner: 'First layer, where a yes is asked for',
  notice: 'First layer, where purposes are on after notice',
  preferences: 'The choice by purpose',
};
/** Longer than this does not fit into one line. */
const LINE = 60;

/** The language that is being written. */
let writing = '';
/** Whether the list of languages is unfolded. */
let areShown = false;

export const TEXTS: Section = {
  id: 'texts',
  title: 'Words',
  lead: 'Your own words win, key by key. What is left empty is built in, in every language of the list.',
  parts: ['languages', 'texts'],
  draw(form) {
    const { config } = form.draft;
    const languages = languagesOf(config);
    if (!languages.includes(writing)) writing = mainLanguage(config);
    const place = make('div', { class: 'words' });
    void fill(place, form, writing);
    return [available(form), everybodyElse(form), written(form, languages), place];
  },
};

function available({ draft, redraw }: Form): HTMLElement {
  const path = ['languages', 'available'];
  const now = languagesOf(draft.config);
  const boxes = [...new Set([...LANGUAGES, ...now])].map((tag) => {
    const box = make('input', { type: 'checkbox', id: `language-${tag}`, checked: now.includes(tag) });
    box.addEventListener('change', () => {
      const next = box.checked ? [...now, tag] : now.filter((each) => each !== tag);
      const main = mainLanguage(draft.config);
      draft.set(['languages'], next.length > 0 ? { default: next.includes(main) ? main : next[0], available: next } : undefined);
      redraw();
    });
    return make('label', { class: 'tick' }, box, nameOf(tag));
  });
  const field = make('fieldset', { class: 'field', id: idOf(path), tabindex: -1, 'data-path': shown(path) }, make('legend', {}, 'Languages'),
    make('p', { class: 'hint' }, specAt(path).description ?? ''), make('div', { class: 'ticks narrow' }, ...boxes));
  const fold = make('details', { class: 'fold', open: areShown }, make('summary', {}, `Languages: ${now.map(nameOf).join(', ')}`), field);
  fold.addEventListener('toggle', () => (areShown = fold.open));
  return fold;
}

function everybodyElse({ draft, redraw }: Form): HTMLElement {
  const path = ['languages', 'default'];
  const options = Object.fromEntries(languagesOf(draft.config).map((tag) => [tag, nameOf(tag)]));
  const list = selectOf(options, mainLanguage(draft.config), (value) => {
    draft.set(['languages'], { default: value, available: languagesOf(draft.config) });
    redraw();
  });
  list.id = idOf(path);
  return make('div', { class: 'field', 'data-path': shown(path) }, make('label', { for: list.id }, 'For everybody else'),
    make('p', { class: 'hint' }, specAt(path).description ?? ''), list);
}

function written({ redraw }: Form, languages: readonly string[]): HTMLElement {
  const list = selectOf(Object.fromEntries(languages.map((tag) => [tag, nameOf(tag)])), writing, (value) => {
    writing = value;
    redraw();
  });
  list.id = 'writing';
  return make('div', { class: 'field' }, make('label', { for: 'writing' }, 'Words in'), list);
}

/** Shows a language, for a finding that is about its words. */
export function writeIn(language: string): void {
  writing = language;
}

async function fill(place: HTMLElement, form: Form, language: string): Promise<void> {
  const { texts, dir } = await noticeTexts(language);
  if (form.signal.aborted) return;
  const ofPurposes = Object.keys(form.draft.config.purposes).flatMap((id) => keysOf(form.draft.config, id));
  const groups = Object.entries(GROUPS).map(([group, title]): [string, readonly string[]] => [title, NOTICE_KEYS.filter((key) => key.startsWith(`${group}.`))]);
  for (const [title, keys] of [...groups, ['Purposes', ofPurposes] as const]) {
    const fields = keys.map((key) => {
      const builtIn = (texts as Readonly<Record<string, string>>)[key] ?? '';
      const isLong = builtIn.length > LINE || /\.(body|explicit)$/.test(key);
      return textField(form, ['texts', language, key], { label: inWords(key.split('.').slice(-2).join(' ')), hint: key, empty: builtIn, ...(isLong && { lines: 3 }) });
    });
    fields.forEach((field) => field.querySelector('input, textarea')?.setAttribute('dir', dir));
    place.append(make('section', { class: 'card', 'aria-label': title }, make('h3', {}, title), ...fields));
  }
  place.dispatchEvent(new Event('filled', { bubbles: true }));
}
