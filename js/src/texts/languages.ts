// One string, which is smaller than a list of them.
const TAGS = 'en ar bg cs da de el es et fi fr ga he hr hu is it ja lt lv mt nb nl pl pt-BR pt ro sk sl sv tr zh';

type Each<Tags extends string> = Tags extends `${infer First} ${infer Rest}` ? First | Each<Rest> : Tags;

/** A language there are texts in. */
export type Language = Each<typeof TAGS>;

/** The languages there are texts in. English is for everybody else; a form of a language stands before the language. */
export const LANGUAGES = TAGS.split(' ') as readonly Language[];

/** Direction of writing. */
export type Direction = 'ltr' | 'rtl';

/** The language whose texts somebody with this BCP 47 tag is shown; undefined when there are none. */
export function knownLanguage(tag: string): Language | undefined {
  // Norwegian by its general name and in the other written form, Hebrew by its old code.
  const wanted = `${tag.toLowerCase().replaceAll('_', '-')}-`.replace(/^n[no]-/, 'nb-').replace(/^iw-/, 'he-');
  return LANGUAGES.find((language) => wanted.startsWith(`${language.toLowerCase()}-`));
}

/** The same, with English for everybody else. */
export function languageOf(tag: string): Language {
  return knownLanguage(tag) ?? 'en';
}

/** How a language is written, with those that only a site's own texts are in. */
export function directionOf(tag: string): Direction {
  return /^(ar|he|iw|fa|ur)\b/i.test(tag) ? 'rtl' : 'ltr';
}
