import ENGLISH from '../../../js/dist/texts/notice/en.js';
import { button, make } from '../dom.js';
import { inWords, namesField, numberField, selectOf, severalField, textField } from '../field.js';
import type { Form, Section } from '../form.js';
import { type Path, SCHEMA, specAt } from '../schema.js';
import { isSpecial, keysOf, mainLanguage, nameOf } from '../words.js';

const BUILT_IN = Object.keys(SCHEMA.properties?.['purposes']?.properties ?? {});
const OWN = 'own';
/** Words of the built-in kinds of data, as visitors read them. */
const KINDS = Object.fromEntries(Object.entries(ENGLISH).filter(([key]) => key.startsWith('data.')).map(([key, text]) => [key.slice(5), text]));

export const PURPOSES: Section = {
  id: 'purposes',
  title: 'Purposes',
  lead: 'What visitors are asked for. Each has a yes of its own and begins switched off where it is asked.',
  parts: ['purposes'],
  draw: (form) => [...Object.keys(form.draft.config.purposes).map((id) => purposeCard(form, id)), adding(form)],
};

function purposeCard(form: Form, id: string): HTMLElement {
  const { draft, redraw } = form;
  const path: Path = ['purposes', id];
  const isOwn = draft.config.purposes[id]?.kind === 'site-tag';
  const what = isOwn ? 'A tag of your site.' : (specAt(path).description ?? '');
  const remove = button('Remove', 'quiet', () => {
    draft.set(path, undefined);
    redraw();
  });
  remove.setAttribute('aria-label', `Remove ${id}`);
  return make('section', { class: 'card', 'aria-labelledby': `purpose-${id}` },
    make('div', { class: 'card-head' }, make('h3', { id: `purpose-${id}` }, make('code', {}, id)), make('p', { class: 'hint' }, what), remove),
    ...wordsOf(form, id),
    numberField(form, [...path, 'retentionDays'], { label: 'Kept for', unit: 'days' }),
    namesField(form, [...path, 'recipients'], { empty: 'nobody else' }),
    dataField(form, id),
  );
}

/** Its words in the main language; the others are under Words. */
function wordsOf(form: Form, id: string): HTMLElement[] {
  const { config } = form.draft;
  const language = mainLanguage(config);
  const names = ['Title', 'Explanation', 'Sentence of explicit consent'];
  const hints = ['What visitors read beside its switch.', 'One or two sentences below the title.', specAt(['purposes', id, 'explicit']).description ?? ''];
  return keysOf(config, id).map((key, index) => {
    const empty = language === 'en' ? (ENGLISH as Readonly<Record<string, string>>)[key] : undefined;
    return textField(form, ['texts', language, key], {
      label: `${names[index] ?? key} (${nameOf(language)})`, hint: hints[index] ?? '', ...(empty && { empty }), ...(index > 0 && { lines: 2 }),
    });
  });
}

/** What is used. The first kind of a special category brings the sentence of consent with it, the last takes it along. */
function dataField(form: Form, id: string): HTMLElement {
  const { draft, redraw } = form;
  const field = severalField(form, ['purposes', id, 'data'], { label: 'Data that is used', words: KINDS });
  field.addEventListener('change', () => {
    const { data = [], explicit } = draft.config.purposes[id] ?? {};
    const needs = data.some(isSpecial);
    if (needs === (explicit !== undefined)) return;
    draft.set(['purposes', id, 'explicit'], needs ? `purposes.${id}.explicit` : undefined);
    redraw();
  });
  return make('details', { class: 'fold', open: true }, make('summary', {}, 'Data'), field);
}

function adding(form: Form): HTMLElement {
  const { draft, redraw } = form;
  const free = BUILT_IN.filter((id) => !draft.config.purposes[id]);
  const name = make('input', { type: 'text', id: 'new-name', placeholder: 'analytics', autocomplete: 'off', 'aria-describedby': 'new-wrong' });
  const named = make('div', { class: 'field', hidden: free.length > 0 }, make('label', { for: 'new-name' }, 'Its name: a-z, 0-9 and hyphens'), name);
  const wrong = make('p', { class: 'wrong', id: 'new-wrong', role: 'status' });
  const kinds = selectOf({ ...Object.fromEntries(free.map((id) => [id, inWords(id)])), [OWN]: 'A tag of your site' }, free[0] ?? OWN, (value) => {
    named.hidden = value !== OWN;
  });
  kinds.id = 'new-kind';
  const add = button('Add', 'plain', () => {
    const id = kinds.value === OWN ? name.value.trim() : kinds.value;
    const isTaken = draft.config.purposes[id] !== undefined || (kinds.value === OWN && BUILT_IN.includes(id));
    wrong.textContent = isTaken ? `\`${id}\` is taken: choose another name.` : /^[a-z0-9-]{1,64}$/.test(id) ? '' : 'Give it a name of a-z, 0-9 and hyphens.';
    if (wrong.textContent) return name.focus();
    draft.set(['purposes', id], kinds.value === OWN ? { kind: 'site-tag', data: [], retentionDays: 30 } : { retentionDays: 0 });
    redraw();
  });
  const choice = make('div', { class: 'field' }, make('label', { for: 'new-kind' }, 'Another purpose'), kinds);
  return make('div', { class: 'card adding' }, choice, named, add, wrong);
}
