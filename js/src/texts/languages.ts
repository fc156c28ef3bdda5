/** The languages there are texts in. English is for everybody else; a form of a language stands before the language. */
export const LANGUAGES = [
  'en', 'ar', 'bg', 'cs', 'da', 'de', 'el', 'es', 'et', 'fi', 'fr', 'ga', 'he', 'hr', 'hu', 'is', 'it', 'ja', 'lt', 'lv',
  'mt', 'nb', 'nl', 'pl', 'pt-BR', 'pt', 'ro', 'sk', 'sl', 'sv', 'tr', 'zh',
] as const;

/** A language there are texts in. */
export type Language = (typeof LANGUAGES)[number];

/** Direction of writing. */
export type Direction = 'ltr' | 'rtl';

/** Other tags of a language: Norwegian by its general name and in the other written form, Hebrew by its old code. */
const OTHER_NAMES: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb', iw: 'he' };

/** The language whose texts somebody with this BCP 47 tag is shown; undefined when there are none. */
export function knownLanguage(tag: string): Language | undefined {
  const [main = '', ...rest] = tag.toLowerCase().split(/[-_]/);
  const wanted = [OTHER_NAMES[main] ?? main, ...rest, ''].join('-');
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
