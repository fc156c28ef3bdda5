// The films of npm `vega-datasets` as catalogue items. Pure: rows in, items out, the same every time.

/** Release years were typed with two digits: the set ends in 2011, so "2037" is 1937. */
const LAST_YEAR = 2011;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const GENRES = new Map([
  ['Thriller/Suspense', 'Thriller'],
  ['Concert/Performance', 'Concert'],
]);

const CREATIVE_TYPES = new Map([
  ['Multiple Creative Types', undefined],
  ['Kids Fiction', 'Family'],
  ['Super Hero', 'Superheroes'],
  ['Factual', 'True stories'],
  ['Dramatization', 'True stories'],
]);

/** Genres that do not name a film by themselves. */
const FILM_WORDS = new Map(
  ['Action', 'Adventure', 'Horror', 'Concert'].map((genre) => [genre, `${genre.toLowerCase()} film`]),
);

const SOURCES = new Map([
  ['Based on Book/Short Story', 'Based on a book or short story'],
  ['Based on Real Life Events', 'Based on real events'],
  ['Based on TV', 'Based on a television series'],
  ['Based on Comic/Graphic Novel', 'Based on a comic or graphic novel'],
  ['Based on Play', 'Based on a play'],
  ['Based on Game', 'Based on a game'],
  ['Traditional/Legend/Fairytale', 'Based on a legend or fairy tale'],
  ['Based on Magazine Article', 'Based on a magazine article'],
  ['Based on Musical/Opera', 'Based on a musical or opera'],
  ['Based on Short Film', 'Based on a short film'],
  ['Based on Factual Book/Article', 'Based on a factual book or article'],
  ['Original Screenplay', 'Original screenplay'],
]);

const RATINGS = new Set(['G', 'PG', 'PG-13', 'R', 'NC-17']);

/**
 * Turns the rows into catalogue items, best known first, and says how many were dropped and why.
 * An id is the slug of the title and the year ("alien-1979"): stable, unique, and readable in a profile.
 */
export function catalogueOf(rows) {
  const dropped = { no_title: 0, no_date: 0, no_kind: 0, no_maker: 0, duplicate: 0 };
  const byId = new Map();
  const bestKnownFirst = [...rows].sort((a, b) => votesOf(b) - votesOf(a) || compare(String(a.Title), String(b.Title)));
  for (const row of bestKnownFirst) {
    const film = filmOf(row);
    const fault = faultOf(film) ?? (byId.has(film.id) ? 'duplicate' : undefined);
    if (fault) dropped[fault] += 1;
    else byId.set(film.id, itemOf(film));
  }
  return { items: [...byId.values()], dropped };
}

/** What the shop page shows when it has nothing else: the best-known films that have a genre. */
export function wellKnown(items, count) {
  return items.filter((item) => item.category).slice(0, count);
}

/** The year a film came out, from its id. */
export function yearOf(id) {
  return Number(/-(\d{4})$/.exec(id)?.[1] ?? 0);
}

function filmOf(row) {
  const title = titleOf(row.Title);
  const date = dateOf(row['Release Date']);
  return {
    id: title && date ? `${slugOf(title)}-${date.slice(0, 4)}` : '',
    title,
    date,
    genre: GENRES.get(row['Major Genre']) ?? row['Major Genre'] ?? undefined,
    creativeType: mapped(CREATIVE_TYPES, row['Creative Type']),
    director: repaired(row.Director ?? '') || undefined,
    distributor: row.Distributor === 'Distributor Unknown' ? undefined : (row.Distributor ?? undefined),
    rating: RATINGS.has(row['MPAA Rating']) ? row['MPAA Rating'] : undefined,
    minutes: row['Running Time min'] ?? undefined,
    source: row.Source ?? undefined,
  };
}

function faultOf(film) {
  if (!film.title || !/[\p{L}\p{N}]/u.test(film.title)) return 'no_title';
  if (!film.date) return 'no_date';
  if (!film.genre && !film.creativeType) return 'no_kind';
  if (!film.director && !film.distributor) return 'no_maker';
  return undefined;
}

function itemOf(film) {
  const year = film.date.slice(0, 4);
  const tags = [film.creativeType, `${year.slice(0, 3)}0s`, film.rating && `Rated ${film.rating}`];
  return {
    id: film.id,
    title: film.title,
    url: `/#film=${film.id}`,
    ...(film.genre && { category: film.genre }),
    brand: film.director ?? film.distributor,
    tags: tags.filter(Boolean),
    // The catalogue counts seconds from 1970; an older film has an unknown date there and its year in the id.
    ...(year >= '1970' && { added_at: film.date }),
    available: true,
    // One may well see a film twice: having looked at it must not hide it.
    rebuyable: true,
    description: descriptionOf(film, year),
  };
}

/** One or two sentences of facts; nothing is made up. */
function descriptionOf(film, year) {
  const kind = film.genre ? (FILM_WORDS.get(film.genre) ?? film.genre.toLowerCase()) : 'film';
  const makers = [
    film.director && `directed by ${film.director}`,
    film.distributor && `released by ${film.distributor}`,
  ];
  const facts = [
    `A ${year} ${kind} ${makers.filter(Boolean).join(' and ')}`,
    film.source && (SOURCES.get(film.source) ?? film.source),
    film.minutes && `${film.minutes} minutes`,
  ];
  return facts
    .filter(Boolean)
    .map((fact) => fact.replace(/\.?$/, '.'))
    .join(' ');
}

function titleOf(raw) {
  if (raw === null || raw === undefined) return '';
  const title = repaired(String(raw))
    .replace(/\s+/g, ' ')
    .replace(/ \(\d{4}\)$/, '')
    .trim();
  return title.replace(/^(.*), (The|A|An)$/, '$2 $1');
}

function dateOf(raw) {
  const [, month, day, year] = /^(\w{3}) (\d{2}) (\d{4})$/.exec(raw ?? '') ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return undefined;
  const century = Number(year) > LAST_YEAR ? 100 : 0;
  return `${Number(year) - century}-${String(number).padStart(2, '0')}-${day}`;
}

/**
 * Some accents in the set were Windows bytes read as Macintosh ones ("AmÈlie"); this takes them back.
 * A character outside that alphabet ("³") was right all along and stays.
 */
function repaired(text) {
  return [...text].map((character) => MISREAD.get(character) ?? character).join('');
}

const MISREAD = (() => {
  const macintosh = new TextDecoder('macintosh');
  const windows = new TextDecoder('windows-1252');
  const letters = /[\p{L}½…’‘“”–—]/u;
  const pairs = Array.from({ length: 128 }, (_, index) => {
    const byte = Uint8Array.of(128 + index);
    return [macintosh.decode(byte), windows.decode(byte)];
  });
  return new Map(pairs.filter(([, right]) => letters.test(right)));
})();

function slugOf(text) {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/&/g, ' and ').replace(/['’]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

function mapped(names, name) {
  return names.has(name) ? names.get(name) : (name ?? undefined);
}

function votesOf(row) {
  return row['IMDB Votes'] ?? 0;
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
