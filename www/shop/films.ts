import type { Display, Ranked } from 'homebody';

/** A film as the page shows it. */
export interface Film {
  readonly id: string;
  readonly title: string;
  readonly year: string;
  readonly genre: string;
  /** Director, or the house that released it. */
  readonly maker: string;
  readonly tags: readonly string[];
  readonly description: string;
}

const facts = new Map<string, { tags: string[]; description: string }>();

/**
 * Loads tags and descriptions: one file with all films, the same for everybody. Asking for one film at a time would
 * tell the server which one somebody looks at. Without it the shelf shows a little less.
 */
export async function loadFacts(url: string): Promise<void> {
  try {
    const answer = await fetch(url);
    for (const [id, fact] of Object.entries(await answer.json()))
      facts.set(id, fact as { tags: string[]; description: string });
  } catch (error) {
    console.warn('film facts:', error);
  }
}

/** A film from its published display data; what is missing is left empty. */
export function filmOf(id: string, display: Display | undefined): Film {
  const { title, category, brand, tags, description }: Display = { ...facts.get(id), ...display };
  return {
    id,
    title: textOf(title) || id,
    year: /-(\d{4})$/.exec(id)?.[1] ?? '',
    genre: textOf(category),
    maker: textOf(brand),
    tags: Array.isArray(tags) ? tags.map(textOf).filter(Boolean) : [],
    description: textOf(description),
  };
}

/** The film of a ranked item. */
export function filmOfRanked({ id, item }: Ranked<Display>): Film {
  return filmOf(id, item);
}

/** The films printed into the page, in their printed order. */
export function printedFilms(grid: Element): Film[] {
  return [...grid.querySelectorAll<HTMLElement>('[data-hb-id]')].map((card) => {
    const { hbId = '', title, genre, maker, tags } = card.dataset;
    return filmOf(hbId, { title, category: genre, brand: maker, tags: tags?.split('|') });
  });
}

/** "1979 · Horror" */
export function factsOf(film: Film): string {
  return [film.year, film.genre].filter(Boolean).join(' · ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
