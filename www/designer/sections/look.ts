import { colourField } from '../colour-field.js';
import { make } from '../dom.js';
import { choiceField, numberField, textField } from '../field.js';
import type { Section } from '../form.js';
import { specAt } from '../schema.js';
import type { ColourName, Side } from '../theme.js';

const SIDES: readonly Side[] = ['light', 'dark'];

export const LOOK: Section = {
  id: 'look',
  title: 'Look',
  lead: 'Colours for light and dark pages. What is left empty is built in; the figure is the contrast that people see.',
  parts: ['theme'],
  draw: (form) => [
    choiceField(form, ['theme', 'scheme'], { words: { auto: 'As the visitor’s system', light: 'Always light', dark: 'Always dark' } }),
    ...SIDES.map((side) => {
      const names = Object.keys(specAt(['theme', side]).properties ?? {}) as ColourName[];
      return make('section', { class: 'card', 'aria-labelledby': `${side}-colours` },
        make('h3', { id: `${side}-colours` }, side === 'light' ? 'On light pages' : 'On dark pages'),
        make('div', { class: 'two' }, ...names.map((name) => colourField(form, side, name))));
    }),
    make('div', { class: 'two' },
      numberField(form, ['theme', 'radius'], { label: 'Corners', unit: 'px' }),
      numberField(form, ['theme', 'button', 'fontSize'], { label: 'Letters of the buttons', unit: 'px' }),
      numberField(form, ['theme', 'button', 'fontWeight'], { label: 'Weight of the buttons' }),
      textField(form, ['theme', 'font'])),
  ],
};
