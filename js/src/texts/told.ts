import { type Direction, directionOf, type Language, languageOf } from './languages.js';

/** Texts, and what the element that shows them says about them. */
export interface Told<Texts> {
  readonly texts: Texts;
  /** Value for `lang`: the language the texts are really in. */
  readonly language: string;
  /** Value for `dir`. */
  readonly dir: Direction;
}

/** Where the texts of each language but English are; every bundler finds them by the literal `import()`. */
export type Files<Texts> = Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ readonly default: Texts }>>>;

/** Has the list of the files fetched, and whatever else will be wanted for a language by then. */
export type Find<Texts> = (wanted: Language) => readonly [Promise<{ readonly FILES: Files<Texts> }>, ...Promise<unknown>[]];

/**
 * The texts for a BCP 47 tag, with `own` on top: at once in English, else when their file is there. A file that does not
 * come leaves English: words in the wrong language are better than none.
 */
export function told<All, Texts extends object>(
  tag: string,
  english: Texts,
  find: Find<All>,
  pick: (all: All) => Texts,
  own: Partial<Texts> = {},
): Told<Texts> | Promise<Told<Texts>> {
  const wanted = languageOf(tag);
  const say = (texts: Texts, language: Language): Told<Texts> => ({
    texts: { ...texts, ...own },
    language,
    dir: directionOf(language),
  });
  if (wanted === 'en') return say(english, wanted);
  return Promise.all(find(wanted))
    .then(([{ FILES }]) => FILES[wanted]())
    .then(
      (file) => say(pick(file.default), wanted),
      () => say(english, 'en'),
    );
}
