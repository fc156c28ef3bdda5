import { make } from './dom.js';
import type { Form } from './form.js';
import { isRequired, type Path, shown, type Spec, specAt } from './schema.js';

/** What a field says besides what the schema says. */
export interface Naming {
  /** Its name; by default the last part of its path in words. */
  readonly label?: string;
  /** Instead of the description in the schema, for what is named by a key there. */
  readonly hint?: string;
  /** What holds when it is left empty. */
  readonly empty?: string;
}

/** Id of a field's control: findings lead to it. */
export function idOf(path: Path): string {
  return `f-${shown(path)}`;
}

/** A field of text, in one line or several. */
export function textField(form: Form, path: Path, naming: Naming & { readonly lines?: number } = {}): HTMLElement {
  const spec = specAt(path);
  const example = spec.examples?.[0] === undefined ? '' : `e.g. ${String(spec.examples[0])}`;
  const shared = { id: idOf(path), placeholder: naming.empty ?? example, maxlength: spec.maxLength, ...describedBy(path) };
  const control = naming.lines
    ? make('textarea', { ...shared, rows: naming.lines })
    : make('input', { ...shared, type: 'text', autocomplete: 'off', spellcheck: 'false' });
  control.value = String(form.draft.get(path) ?? '');
  control.addEventListener('input', () => form.draft.set(path, control.value || (isRequired(path) ? '' : undefined)));
  return framed(form, path, spec, naming, control);
}

/** A field of a whole number. */
export function numberField(form: Form, path: Path, naming: Naming & { readonly unit?: string } = {}): HTMLElement {
  const spec = specAt(path);
  const control = make('input', {
    id: idOf(path), type: 'number', inputmode: 'numeric', min: spec.minimum, max: spec.maximum, step: 1,
    placeholder: naming.empty ?? (spec.default === undefined ? '' : String(spec.default)), ...describedBy(path),
  });
  control.value = String(form.draft.get(path) ?? '');
  control.addEventListener('input', () => form.draft.set(path, control.value === '' ? undefined : Number(control.value)));
  const unit = naming.unit ? [make('span', { class: 'unit' }, naming.unit)] : [];
  return framed(form, path, spec, naming, make('span', { class: 'with-unit' }, control, ...unit));
}

/** A field of names, divided by commas. */
export function namesField(form: Form, path: Path, naming: Naming = {}): HTMLElement {
  const spec = specAt(path);
  const example = spec.examples?.[0];
  const control = make('input', {
    id: idOf(path), type: 'text', autocomplete: 'off', spellcheck: 'false',
    placeholder: naming.empty ?? (Array.isArray(example) ? `e.g. ${example.join(', ')}` : ''), ...describedBy(path),
  });
  control.value = ((form.draft.get(path) as readonly string[] | undefined) ?? []).join(', ');
  control.addEventListener('input', () => {
    const names = control.value.split(',').map((each) => each.trim()).filter(Boolean);
    form.draft.set(path, names.length > 0 || isRequired(path) ? names : undefined);
  });
  return framed(form, path, spec, naming, control);
}

/** A choice of one word, as buttons in a row. */
export function choiceField(form: Form, path: Path, naming: Naming & { readonly words?: Readonly<Record<string, string>> } = {}): HTMLElement {
  const spec = specAt(path);
  const now = form.draft.get(path) ?? spec.default;
  const choices = (spec.enum ?? []).map((word) => {
    const id = `${idOf(path)}-${word}`;
    const control = make('input', { type: 'radio', name: idOf(path), id, value: word, checked: word === now });
    control.addEventListener('change', () => form.draft.set(path, word));
    return make('span', {}, control, make('label', { for: id }, naming.words?.[word] ?? inWords(word)));
  });
  return grouped(form, path, spec, naming, make('div', { class: 'segments' }, ...choices));
}

/** A choice of several words; those chosen keep their order in the file. */
export function severalField(form: Form, path: Path, naming: Naming & { readonly words?: Readonly<Record<string, string>> } = {}): HTMLElement {
  const spec = specAt(path);
  const chosen = (): readonly string[] => (form.draft.get(path) ?? spec.default ?? []) as readonly string[];
  const boxes = (spec.items?.enum ?? []).map((word) => {
    const control = make('input', { type: 'checkbox', id: `${idOf(path)}-${word}`, checked: chosen().includes(word) });
    control.addEventListener('change', () => {
      const rest = chosen().filter((each) => each !== word);
      const next = control.checked ? [...rest, word] : rest;
      form.draft.set(path, next.length > 0 || isRequired(path) || spec.minItems ? next : undefined);
    });
    return make('label', { class: 'tick' }, control, naming.words?.[word] ?? inWords(word));
  });
  return grouped(form, path, spec, naming, make('div', { class: 'ticks' }, ...boxes));
}

/** A list to choose from; `''` is the first and takes the value out. */
export function selectOf(options: Readonly<Record<string, string>>, now: string, chosen: (value: string) => void): HTMLSelectElement {
  const list = make('select', {}, ...Object.entries(options).map(([value, text]) => make('option', { value, selected: value === now }, text)));
  list.addEventListener('change', () => chosen(list.value));
  return list;
}

/** `policyUrl` as `Policy URL`. */
export function inWords(name: string): string {
  const text = name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('-', ' ').toLowerCase().replace(/\burl\b/, 'URL');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A control with its label, the schema's description, and a place for what is wrong with it. */
export function framed(_form: Form, path: Path, spec: Spec, naming: Naming, control: HTMLElement): HTMLElement {
  const label = make('label', { for: idOf(path) }, nameOf(path, naming));
  return make('div', { class: 'field', 'data-path': shown(path) }, label, hintOf(path, spec, naming), control, complaintOf(path));
}

/** Several controls under one name. */
function grouped(_form: Form, path: Path, spec: Spec, naming: Naming, controls: HTMLElement): HTMLElement {
  const about = { id: idOf(path), tabindex: -1, class: 'field', 'data-path': shown(path), ...describedBy(path) };
  return make('fieldset', about, make('legend', {}, nameOf(path, naming)), hintOf(path, spec, naming), controls, complaintOf(path));
}

/** Names the hint and the complaint of a control for screen readers. */
export function describedBy(path: Path): { 'aria-describedby': string } {
  return { 'aria-describedby': `${idOf(path)}-hint ${idOf(path)}-wrong` };
}

function nameOf(path: Path, { label }: Naming): string {
  return label ?? inWords(String(path.at(-1)));
}

function hintOf(path: Path, { description = '' }: Spec, { hint }: Naming): HTMLElement {
  return make('p', { class: 'hint', id: `${idOf(path)}-hint` }, hint ?? description);
}

function complaintOf(path: Path): HTMLElement {
  return make('p', { class: 'wrong', id: `${idOf(path)}-wrong`, hidden: true });
}
