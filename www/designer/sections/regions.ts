import type { ConsentRegion } from '../../../js/dist/generated/ConsentRegion.js';
import { termsOf } from '../../../js/dist/consent/terms.js';
import { button, make } from '../dom.js';
import { idOf, namesField, selectOf } from '../field.js';
import type { Form, Section } from '../form.js';
import { type Path, shown, specAt } from '../schema.js';

/** Ways to begin; each replaces the entries that are there. */
const PRESETS: readonly { readonly name: string; readonly hint: string; readonly regions: readonly ConsentRegion[] | undefined }[] = [
  { name: 'As the law has it', hint: 'No entries: the built-in presets hold.', regions: undefined },
  { name: 'Ask everywhere', hint: 'One entry for all.', regions: [{ match: ['*'], modes: { '*': 'ask' } }] },
  {
    name: 'Ask, in the US tell',
    hint: 'After notice in the United States, with the link its law wants.',
    regions: [
      { match: ['US'], modes: { '*': 'notice' }, gpc: { '*': 'ask' }, link: 'your-privacy-choices' },
      { match: ['*'], modes: { '*': 'ask' } },
    ],
  },
];
const SAMPLES = { 'EU, EEA': 'FR', Switzerland: 'CH', 'United Kingdom': 'GB', 'United States': 'US', Brazil: 'BR', Elsewhere: 'JP', 'Not known': '' };
const MODES = { '': 'as the others', ask: 'ask', notice: 'on after notice', off: 'off' };

export const REGIONS: Section = {
  id: 'regions',
  title: 'Regions',
  lead: 'What holds where. Nothing goes below the law of a region: where it asks for consent, visitors are asked.',
  parts: ['regions'],
  draw: (form) => [presets(form), ...(form.draft.config.regions ?? []).map((_, index) => entry(form, index)), another(form), outcome(form)],
};

function presets({ draft, redraw }: Form): HTMLElement {
  const now = JSON.stringify(draft.config.regions ?? []);
  const choices = PRESETS.map(({ name, hint, regions }) => {
    const choice = button(name, 'preset', () => {
      draft.set(['regions'], regions);
      redraw();
    });
    choice.setAttribute('aria-pressed', String(JSON.stringify(regions ?? []) === now));
    choice.append(make('span', { class: 'hint' }, hint));
    return choice;
  });
  return make('div', { class: 'presets', role: 'group', 'aria-label': 'Begin with' }, ...choices);
}

function entry(form: Form, index: number): HTMLElement {
  const { draft, redraw } = form;
  const path: Path = ['regions', index];
  const remove = button('Remove', 'quiet', () => {
    draft.set(path, undefined);
    redraw();
  });
  remove.setAttribute('aria-label', `Remove entry ${index + 1}`);
  const purposes = Object.keys(draft.config.purposes);
  return make('section', { class: 'card', 'aria-labelledby': `entry-${index}` },
    make('div', { class: 'card-head' }, make('h3', { id: `entry-${index}` }, `Entry ${index + 1}`), remove),
    namesField(form, [...path, 'match'], { label: 'Regions' }),
    make('p', { class: 'hint about' }, [specAt([...path, 'modes']), specAt([...path, 'modes', '*'])].map(({ description = '' }) => description).join(' ')),
    make('div', { class: 'two' }, ...['*', ...purposes].map((id) => word(form, [...path, 'modes', id], id === '*' ? 'All others' : id, MODES))),
    word(form, [...path, 'gpc', '*'], 'Global Privacy Control', { '': 'as built in', ask: 'has to be asked', deny: 'is off' }),
    word(form, [...path, 'link'], 'Link', { '': 'none', 'your-privacy-choices': 'Your Privacy Choices', 'privacy-settings': 'Privacy settings' }),
  );
}

/** One word of an entry, or none. */
function word({ draft }: Form, path: Path, label: string, options: Readonly<Record<string, string>>): HTMLElement {
  const list = selectOf(options, String(draft.get(path) ?? ''), (value) => draft.set(path, value || undefined));
  list.id = idOf(path);
  list.setAttribute('aria-describedby', `${list.id}-hint ${list.id}-wrong`);
  const { description = '' } = specAt(path);
  // Said once an entry to eyes, and with each list to ears.
  const look = path.includes('modes') ? 'unseen' : 'hint';
  return make('div', { class: 'field', 'data-path': shown(path) }, make('label', { for: list.id }, label),
    make('p', { class: look, id: `${list.id}-hint` }, description), list, make('p', { class: 'wrong', id: `${list.id}-wrong`, hidden: true }));
}

function another({ draft, redraw }: Form): HTMLElement {
  return button('Add an entry', 'plain', () => {
    draft.set(['regions', draft.config.regions?.length ?? 0], { match: ['*'], modes: { '*': 'ask' } });
    redraw();
  });
}

/** What visitors meet in the end, by the code that decides it on their devices. */
function outcome({ draft, signal }: Form): HTMLElement {
  const place = make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'What holds where' });
  const show = (): void => {
    const ids = Object.keys(draft.config.purposes);
    const rows = Object.entries(SAMPLES).map(([name, code]) => {
      const modes = new Map(termsOf(draft.config, code, false).purposes.map(({ id, mode }) => [id, mode]));
      const cells = ids.map((id) => make('td', { 'data-mode': modes.get(id) ?? '' }, modes.get(id) ?? ''));
      return make('tr', {}, make('th', { scope: 'row' }, name), ...cells);
    });
    const head = make('tr', {}, make('th', { scope: 'col' }, 'Region'), ...ids.map((id) => make('th', { scope: 'col' }, id)));
    place.replaceChildren(make('table', {}, make('caption', {}, 'What holds where'), make('thead', {}, head), make('tbody', {}, ...rows)));
  };
  draft.listen(show, signal);
  show();
  return place;
}
