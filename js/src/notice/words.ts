import type { NoticeContext } from '../consent/types.js';
import { noticeTexts, type OwnTexts } from '../texts/notice.js';
import type { Told } from '../texts/told.js';

/** Texts by language tag, as they stand in the configuration. */
type Own = Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;

/** What a surface says, with `lang` and `dir` for what says it. */
export interface Words {
  /** The text of a key, its `{…}` filled in; '' where the site left it out. */
  readonly say: (key: string, values?: Readonly<Record<string, string>>) => string;
  /** `lang` and `dir`. */
  readonly spoken: { readonly lang: string; readonly dir: string };
}

/**
 * Has the words fetched that will be wanted most likely, while it is found out what is asked. A guess: a configuration can
 * be without this language.
 */
export function beginWords(set: string | undefined): unknown {
  return noticeTexts(wanted(set));
}

/**
 * Hands over the words: at once in English, in other languages when they are there. `more` is the English of what is said
 * beyond the first layer; the files of other languages are whole.
 */
export function withWords(context: NoticeContext, use: (words: Words) => void, more?: OwnTexts): void {
  const tag = tagOf(context);
  const { config, arm, report } = context;
  const arms = config.experiment?.arms.find(({ id }) => id === arm)?.texts;
  const told = noticeTexts(tag, { ...pick(config.texts, tag), ...pick(arms, tag) }, more);
  if (told instanceof Promise) told.then((each) => use(wordsOf(each))).catch(report);
  else use(wordsOf(told));
}

function wordsOf({ texts, language, dir }: Told<OwnTexts>): Words {
  return {
    say: (key, values = {}) => (texts[key] ?? '').replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
    // Pages also write `pt_BR`, which is no language tag to the browser.
    spoken: { lang: language.replaceAll('_', '-'), dir },
  };
}

/** The visitor's language, where the notice is in it. */
function tagOf({ language, config }: NoticeContext): string {
  const tag = wanted(language);
  const { available, default: fallback } = config.languages ?? {};
  return !available || available.some((each) => main(each) === main(tag)) ? tag : (fallback ?? tag);
}

/** The language that is set, else the page's, else the browser's. */
function wanted(set: string | undefined): string {
  return set || document.documentElement.lang || navigator.language;
}

function pick(own: Own, tag: string): Readonly<Record<string, string>> | undefined {
  return own?.[tag] ?? own?.[main(tag)];
}

function main(tag: string): string {
  const [first = ''] = tag.toLowerCase().split(/[-_]/);
  return first;
}
