import { choiceField, numberField, severalField } from '../field.js';
import type { Section } from '../form.js';

export const ASKING: Section = {
  id: 'asking',
  title: 'Banner',
  lead: 'Where the banner stands, which buttons it has, and how long an answer holds. Yes and no always look alike.',
  parts: ['ask'],
  draw: (form) => [
    choiceField(form, ['ask', 'position'], { words: { 'bottom-start': 'Corner, start', 'bottom-end': 'Corner, end' } }),
    severalField(form, ['ask', 'buttons'], { words: { accept: 'Yes', reject: 'No', preferences: 'Choose by purpose', later: 'Decide later' } }),
    choiceField(form, ['ask', 'surface'], { label: 'When it is shown', words: { banner: 'By itself', manual: 'When the page opens it' } }),
    numberField(form, ['ask', 'expireAfterDays'], { label: 'A yes lasts', unit: 'days' }),
    numberField(form, ['ask', 'reaskAfterRefusalDays'], { label: 'Ask again after a no', unit: 'days' }),
  ],
};
