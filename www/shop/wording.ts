import type { Reason } from 'homebody';
import type { ReasonWording } from 'homebody/why';

/** How this shop tells reasons: the package's sentences, with words that fit films. */
export const FILM_WORDING: ReasonWording = {
  texts: {
    tag: 'You like {name}',
    brand: 'More by {name}',
    popular: 'Popular right now',
    neutral: 'Popular right now',
  },
  name: nameOf,
};

/** Whether a reason comes from what the visitor did; the others are the same for everybody. */
export function isPersonal({ kind }: Reason): boolean {
  return ['collaborative', 'content', 'category', 'brand', 'tag'].includes(kind);
}

/** A personal reason with at least this share is told before a larger one that is the same for everybody. */
const TELLING_SHARE = 0.12;

/** The reason to tell in one line: what sets this list apart from everybody's, when there is such a thing. */
export function tellingReason(reasons: readonly Reason[]): Reason | undefined {
  return reasons.find((reason) => isPersonal(reason) && reason.share >= TELLING_SHARE) ?? reasons[0];
}

const GENRE_WORDS: Readonly<Record<string, string>> = {
  'Romantic Comedy': 'romantic comedies',
  'Black Comedy': 'black comedies',
  Comedy: 'comedies',
  Drama: 'dramas',
  Thriller: 'thrillers',
  Musical: 'musicals',
  Western: 'westerns',
  Documentary: 'documentaries',
  Concert: 'concert films',
  Action: 'action films',
  Adventure: 'adventure films',
  Horror: 'horror films',
  Fantasy: 'fantasy',
  'Science Fiction': 'science fiction',
  'Historical Fiction': 'films about the past',
  'Contemporary Fiction': 'stories of our time',
  Superheroes: 'superheroes',
  Family: 'family films',
  'True stories': 'true stories',
};

function nameOf({ kind, name }: Reason): string | undefined {
  if (!name || (kind !== 'category' && kind !== 'tag')) return name;
  if (/^\d{4}s$/.test(name)) return `the ${name}`;
  if (name.startsWith('Rated ')) return `films rated ${name.slice(6)}`;
  return GENRE_WORDS[name] ?? name;
}
