import { make } from './panel-dom.js';
import { PANEL_CSS } from './panel-style.js';
import type { PanelTexts } from './panel-texts.js';

let sheet: CSSStyleSheet | undefined;

/** The panel's stylesheet; constructed, because inline styles do not pass a strict policy. */
export function panelSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_CSS);
  }
  return sheet;
}

/** The dialog with its title and cross; the rest is appended to it. */
export function panelFrame(texts: PanelTexts, close: () => void): HTMLDialogElement {
  const cross = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of [
    ['width', '18'],
    ['height', '18'],
    ['viewBox', '0 0 18 18'],
    ['aria-hidden', 'true'],
  ] as const)
    cross.setAttribute(key, value);
  for (const [key, value] of [
    ['d', 'M2 2l14 14M16 2 2 16'],
    ['stroke', 'currentColor'],
    ['stroke-width', '2'],
  ] as const)
    line.setAttribute(key, value);
  cross.append(line);
  const shut = make(
    'button',
    { class: 'close', part: 'close', attributes: { type: 'button', 'aria-label': texts.close }, on: close },
    [cross],
  );
  const title = make('h2', { part: 'title', text: texts.title, attributes: { id: 'title' } });
  const head = make('div', { class: 'head' }, [title, shut]);
  return make('dialog', { part: 'dialog', attributes: { 'aria-labelledby': 'title' } }, [
    head,
    make('p', { class: 'lead', text: texts.lead }),
  ]) as HTMLDialogElement;
}
