import type { Reason } from 'homebody';
import { defineWhy, HbWhy } from 'homebody/why';
import { posterFor } from './card.js';
import { button, icon, make } from './dom.js';
import { factsOf, type Film } from './films.js';
import { FILM_WORDING } from './wording.js';

/** What can be done in the film's dialog. */
export interface DetailActions {
  toggleListed(film: Film): void;
  isListed(id: string): boolean;
  /** The dialog is gone. */
  closed(film: Film): void;
}

/** Shows a film: poster, facts, why it is here. Escape, the backdrop and the cross close it. */
export function showFilm(dialog: HTMLDialogElement, film: Film, reasons: readonly Reason[], act: DetailActions): void {
  const close = button('round film-close', 'Close', () => dialog.close(), [icon('close')]);
  const title = make('h2', 'film-title', [film.title]);
  title.id = 'film-title';
  const tags = film.tags.map((tag) => make('li', '', [tag]));
  const words = make('div', 'film-words', [
    title,
    make('p', 'film-facts', [[factsOf(film), film.maker].filter(Boolean).join(' · ')]),
    ...(film.description ? [make('p', 'film-about', [film.description])] : []),
    ...(tags.length ? [make('ul', 'film-tags', tags)] : []),
    listButton(film, act),
    make('h3', '', ['Why it is here']),
    whyOf(reasons),
  ]);
  dialog.replaceChildren(close, make('div', 'film-poster', [posterFor(film)]), words);
  listenOnce(dialog, () => act.closed(film));
  dialog.showModal();
  dialog.scrollTop = 0;
}

/** Shows the visitor's list; it lives as long as the page. */
export function showList(dialog: HTMLDialogElement, films: readonly Film[], remove: (film: Film) => void): void {
  const close = button('round film-close', 'Close', () => dialog.close(), [icon('close')]);
  const title = make('h2', 'film-title', ['My list']);
  title.id = 'list-title';
  const rows = films.map((film) => {
    const row = make('li', '', [
      make('div', 'list-poster', [posterFor(film)]),
      make('div', '', [make('strong', '', [film.title]), make('p', 'film-facts', [factsOf(film)])]),
      button(
        'round',
        `Take ${film.title} off my list`,
        () => {
          remove(film);
          row.remove();
          close.focus();
        },
        [icon('close')],
      ),
    ]);
    return row;
  });
  const note = films.length
    ? 'Kept only until you leave this page.'
    : 'Nothing on it yet. The plus on a film puts it here.';
  dialog.replaceChildren(
    close,
    make('div', 'film-words', [title, make('p', 'film-facts', [note]), make('ul', 'list-rows', rows)]),
  );
  listenOnce(dialog, () => undefined);
  dialog.showModal();
}

function listButton(film: Film, act: DetailActions): HTMLElement {
  const label = (): string => (act.isListed(film.id) ? 'On my list' : 'Add to my list');
  const toggle = button('strong', label(), () => {
    act.toggleListed(film);
    toggle.textContent = label();
  });
  return toggle;
}

function whyOf(reasons: readonly Reason[]): HTMLElement {
  if (reasons.length === 0)
    return make('p', 'film-about', ['It is in this place for everybody: it is popular right now.']);
  defineWhy();
  const why = document.createElement('hb-why') as HbWhy;
  why.setAttribute('details', '');
  why.wording = FILM_WORDING;
  why.reasons = reasons;
  return why;
}

function listenOnce(dialog: HTMLDialogElement, closed: () => void): void {
  const backdrop = (event: MouseEvent): void => {
    if (event.target === dialog) dialog.close();
  };
  dialog.addEventListener('click', backdrop);
  dialog.addEventListener(
    'close',
    () => {
      dialog.removeEventListener('click', backdrop);
      closed();
    },
    { once: true },
  );
}
