import { choiceField, severalField, textField } from '../field.js';
import type { Section } from '../form.js';

export const WHO: Section = {
  id: 'who',
  title: 'Who asks',
  lead: 'The law wants visitors to know who is responsible, where to write, and what they may demand.',
  parts: ['id', 'controller', 'rights', 'minors', 'version', 'revision', 'source', 'experiment'],
  draw: (form) => [
    textField(form, ['controller', 'name']),
    textField(form, ['controller', 'contact']),
    textField(form, ['controller', 'policyUrl'], { label: 'Privacy policy' }),
    textField(form, ['controller', 'authority'], { label: 'Supervisory authority' }),
    severalField(form, ['rights'], { label: 'Rights of visitors' }),
    choiceField(form, ['minors']),
    textField(form, ['id'], { label: 'Name of this configuration' }),
  ],
};
