import type { Profile } from '../types.js';
import { button, make, titled } from './panel-dom.js';
import type { PanelActions, PanelModel } from './panel-view.js';

/** What the site's own records say of the visitor, each with the way to delete it. */
export function hints({ texts, language }: PanelModel, { hints }: Profile, act: PanelActions): HTMLElement[] {
  const until = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const rows = hints.map(({ text, at_ms }) => {
    const about = make('span', { class: 'when', text: `→ ${until.format(at_ms)}` });
    const forget = button(texts.forget, 'quiet', {
      key: `hint-${text}`,
      attributes: { 'aria-label': `${texts.forget}: ${text}` },
      on: () => act.forget({ id: text }),
    });
    return make('li', { part: 'hint' }, [make('span', { class: 'what' }, [text, about]), forget]);
  });
  return titled(texts.hints, rows);
}
