import type { Display, Ranked } from 'homebody';
import { type CardActions, cardOf, explainCard } from './card.js';
import { type Film, filmOfRanked } from './films.js';

type Transition = { readonly ready: Promise<void>; readonly finished: Promise<void> };
type WithTransitions = Document & { startViewTransition?: (update: () => void) => Transition };

/** The grid of films. Cards are kept by id, so that a new order moves them instead of making them again. */
export class Shelf {
  readonly #grid: HTMLElement;
  readonly #actions: CardActions;
  readonly #cards = new Map<string, HTMLElement>();
  #order: string[] = [];

  constructor(grid: HTMLElement, actions: CardActions) {
    this.#grid = grid;
    this.#actions = actions;
  }

  /** Shows films in order; tells how many moved or are new (the first time none) and when the movement is over. */
  show(ranked: readonly Ranked<Display>[], animate: boolean): { moved: number; settled: Promise<void> } {
    const order = ranked.map(({ id }) => id);
    const first = this.#order.length === 0;
    const moved = first ? 0 : order.filter((id, place) => this.#order[place] !== id).length;
    const gone = this.#order.length !== order.length;
    this.#order = order;
    const update = (): void => this.#place(ranked);
    if (animate && (moved > 0 || gone) && !first) return { moved, settled: transition(this.#grid, update) };
    update();
    return { moved, settled: Promise.resolve() };
  }

  /** Shows films that could not be ranked. */
  showPlain(films: readonly Film[]): void {
    this.#order = films.map(({ id }) => id);
    this.#grid.replaceChildren(
      ...films.map((film) => {
        const card = this.#cardFor(film);
        explainCard(card, [], 'Well known');
        return card;
      }),
    );
    this.#grid.classList.remove('is-static');
  }

  /** The card of a film on the shelf. */
  card(id: string): HTMLElement | undefined {
    return this.#order.includes(id) ? this.#cards.get(id) : undefined;
  }

  #place(ranked: readonly Ranked<Display>[]): void {
    const focused = document.activeElement;
    const cards = ranked.map((item) => {
      const card = this.#cardFor(filmOfRanked(item));
      explainCard(card, item.reasons);
      return card;
    });
    this.#grid.replaceChildren(...cards);
    this.#grid.classList.remove('is-static');
    // A moved element loses the focus; give it back without scrolling there.
    if (focused instanceof HTMLElement && this.#grid.contains(focused)) focused.focus({ preventScroll: true });
  }

  #cardFor(film: Film): HTMLElement {
    const known = this.#cards.get(film.id);
    if (known) return known;
    const card = cardOf(film, this.#actions);
    this.#cards.set(film.id, card);
    return card;
  }
}

/** Moves the cards from their old places to the new ones, when the visitor likes motion and the browser can. */
async function transition(grid: HTMLElement, update: () => void): Promise<void> {
  const page = document as WithTransitions;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (calm || document.hidden || !page.startViewTransition) return update();
  name(grid);
  const { ready, finished } = page.startViewTransition(() => {
    update();
    name(grid);
  });
  // A newer order may cut this one's animation short; the cards are in their places all the same.
  await Promise.allSettled([ready, finished]);
  for (const card of grid.children) (card as HTMLElement).style.viewTransitionName = '';
}

/** Only cards in sight take part: the others have nowhere to be seen going. */
function name(grid: HTMLElement): void {
  for (const card of grid.children) {
    const { top, bottom } = card.getBoundingClientRect();
    const inSight = bottom > -200 && top < innerHeight + 200;
    const id = (card as HTMLElement).dataset['hbId'] ?? '';
    (card as HTMLElement).style.viewTransitionName = inSight ? `film-${id}` : '';
  }
}
