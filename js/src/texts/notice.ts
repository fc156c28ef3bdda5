import { NOTICE } from './english/notice.js';
import { noticeFiles } from './files.js';
import { directionOf, knownLanguage } from './languages.js';
import type { NoticeTexts } from './notice-keys.js';
import { type Told, told } from './told.js';

/** Texts of the notice of the site's own, by key; keys that only the site knows are among them. */
export type OwnTexts = Readonly<Record<string, string>>;

/**
 * The texts of the notice for a BCP 47 tag: at once in English, else a promise. English comes in two parts, because most
 * visitors see no more than the first layer: `more` is the second, where it is wanted. The site's own texts win, and in a
 * language that only the site speaks they say which language it is.
 */
export function noticeTexts(tag: string, own: OwnTexts = {}, more: OwnTexts = {}): Told<OwnTexts> | Promise<Told<OwnTexts>> {
  const english: OwnTexts = { ...NOTICE, ...more };
  if (!knownLanguage(tag) && Object.keys(own).length > 0) {
    return { texts: { ...english, ...own }, language: tag, dir: directionOf(tag) };
  }
  return told<NoticeTexts, OwnTexts>(tag, english, noticeFiles, (texts) => texts, own);
}
