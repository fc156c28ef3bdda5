import { reasonText } from 'homebody/why';
import type { Reason } from 'homebody';
import { button, icon, make } from './dom.js';
import { factsOf, type Film } from './films.js';
import { posterOf } from './poster/poster.js';
import { FILM_WORDING, tellingReason } from './wording.js';

/** What can be done with a card. */
export interface CardActions {
  open(film: Film, card: HTMLElement): void;
  toggleListed(film: Film): void;
  dismiss(film: Film): void;
  isListed(id: string): boolean;
}

/** Makes the card of a film; its reason is set by `explainCard`. */
export function cardOf(film: Film, act: CardActions): HTMLElement {
  const title = button('card-open', film.title, () => act.open(film, card));
  const poster = make('div', 'card-poster', [posterFor(film)]);
  const card = make('li', 'card', [
    poster,
    make('div', 'card-words', [
      make('h3', 'card-title', [title]),
      make('p', 'card-facts', [factsOf(film)]),
      make('p', 'card-why'),
    ]),
    make('div', 'card-actions', [
      button('round list-toggle', listLabel(film, false), () => act.toggleListed(film), [icon('plus')]),
      button('round', `Less like ${film.title}`, () => act.dismiss(film), [icon('less')]),
    ]),
  ]);
  card.dataset['hbId'] = film.id;
  showListed(card, film, act.isListed(film.id));
  return card;
}

/** The poster of a film. */
export function posterFor(film: Film): SVGElement {
  return posterOf({
    id: film.id,
    title: film.title,
    genre: film.genre,
    tags: film.tags,
    byline: [film.maker, film.year].filter(Boolean).join('  '),
  });
}

/** Says why the film is here; without reasons, what is true of everybody's order. */
export function explainCard(
  card: HTMLElement,
  reasons: readonly Reason[],
  otherwise = reasonText(undefined, FILM_WORDING),
): void {
  const line = card.querySelector('.card-why');
  const reason = tellingReason(reasons);
  const text = reason ? reasonText(reason, FILM_WORDING) : otherwise;
  if (line && line.textContent !== text) line.textContent = text;
  card.dataset['reason'] = reason?.kind ?? 'neutral';
}

/** Shows whether the film is on the visitor's list. */
export function showListed(card: HTMLElement, film: Film, listed: boolean): void {
  const toggle = card.querySelector<HTMLElement>('.list-toggle');
  if (!toggle) return;
  toggle.ariaLabel = toggle.title = listLabel(film, listed);
  toggle.classList.toggle('is-on', listed);
  toggle.replaceChildren(icon(listed ? 'check' : 'plus'));
}

function listLabel(film: Film, listed: boolean): string {
  return listed ? `Take ${film.title} off my list` : `Add ${film.title} to my list`;
}
