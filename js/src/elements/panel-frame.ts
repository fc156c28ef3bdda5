import { kit as dialog } from '../notice/preferences.js';
import { make } from './panel-dom.js';
import type { PanelTexts } from './panel-texts.js';

/** The dialog with its title and cross; the rest is appended to it. */
export function panelFrame(texts: PanelTexts, close: () => void): HTMLDialogElement {
  return make('dialog', { part: 'dialog', attributes: { 'aria-labelledby': 'title' } }, [
    dialog.head(texts.title, texts.close, close),
    make('p', { class: 'lead', text: texts.lead }),
  ]) as HTMLDialogElement;
}
