import { make } from './dom.js';
import { describedBy, framed, idOf, inWords } from './field.js';
import type { Form } from './form.js';
import { specAt } from './schema.js';
import { type ColourName, edgeOf, figure, figureOf, isColour, paletteOf, type Side } from './theme.js';

/** A colour: a swatch that opens the browser's picker, its digits, and the figure of its contrast. */
export function colourField(form: Form, side: Side, name: ColourName): HTMLElement {
  const { draft, signal } = form;
  const path = ['theme', side, name];
  const label = `${inWords(name)}, ${side}`;
  const swatch = make('input', { type: 'color', class: 'swatch', 'aria-label': `${label}: pick a colour` });
  const digits = make('input', { id: idOf(path), type: 'text', class: 'digits', autocomplete: 'off', spellcheck: 'false', ...describedBy(path) });
  const told = make('span', { class: 'figure' });
  digits.value = String(draft.get(path) ?? '');
  const show = (): void => {
    const colour = paletteOf(draft.config, side)[name];
    if (isColour(colour)) swatch.value = sixDigits(colour);
    digits.placeholder = isColour(colour) ? colour : '';
    tell(told, form, side, name);
  };
  digits.addEventListener('input', () => draft.set(path, digits.value.trim() || undefined));
  swatch.addEventListener('input', () => {
    digits.value = swatch.value;
    draft.set(path, swatch.value);
  });
  draft.listen(show, signal);
  show();
  return framed(form, path, specAt(path), { label }, make('span', { class: 'colour' }, swatch, digits, told));
}

function tell(told: HTMLElement, { draft }: Form, side: Side, name: ColourName): void {
  const text = figureOf(draft.config, side, name);
  const measured = text ? { ratio: text.ratio, least: text.pair.least, on: text.pair.back } : name === 'buttonBorder' ? { ...edgeOf(draft.config, side), on: 'surface' } : undefined;
  told.textContent = '';
  if (!measured || Number.isNaN(measured.ratio)) return;
  const isEnough = measured.ratio >= measured.least;
  told.className = `figure ${isEnough ? 'good' : 'bad'}`;
  told.textContent = `${figure(measured.ratio)}:1 on ${inWords(measured.on).toLowerCase()}${isEnough ? '' : `, needs ${measured.least}:1`}`;
}

function sixDigits(colour: string): string {
  return colour.length === 7 ? colour.toLowerCase() : `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}`.toLowerCase();
}
