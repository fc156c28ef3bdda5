import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import { knownLanguage } from '../../js/dist/texts/languages.js';
import ENGLISH from '../../js/dist/texts/notice/en.js';
import type { ConfigFinding } from './findings.js';

/** Kinds of data whose use needs a sentence of consent of its own. */
const SPECIAL = 'health sex-life ethnic-origin political-opinions beliefs trade-union genetic biometric'.split(' ');

/** Whether a kind of data is of a special category (GDPR Art. 9). */
export function isSpecial(kind: string): boolean {
  return SPECIAL.includes(kind);
}

/** The languages of a notice; English where it names none. */
export function languagesOf({ languages }: ConsentConfig): readonly string[] {
  return languages?.available ?? ['en'];
}

/** The language of those whose own is not there. */
export function mainLanguage(config: ConsentConfig): string {
  return config.languages?.default ?? languagesOf(config)[0] ?? 'en';
}

/** Keys of a purpose's own words. */
export function keysOf({ purposes }: ConsentConfig, id: string): readonly string[] {
  const { text, explicit } = purposes[id] ?? {};
  const key = text ?? `purposes.${id}`;
  return [`${key}.title`, `${key}.body`, ...(explicit ? [explicit] : [])];
}

/**
 * Words that the site says in one language and not in another, or that no built-in text has: half of each would be two
 * different notices.
 */
export function missingWords(config: ConsentConfig): ConfigFinding[] {
  const found: ConfigFinding[] = [];
  const ofPurposes = Object.keys(config.purposes).flatMap((id) => keysOf(config, id)).filter((key) => !(key in ENGLISH));
  const own = new Set([...ofPurposes, ...Object.values(config.texts ?? {}).flatMap(Object.keys)]);
  for (const language of languagesOf(config)) {
    const isBuiltIn = knownLanguage(language) !== undefined;
    for (const key of own) {
      if (config.texts?.[language]?.[key]?.trim()) continue;
      found.push({ code: 'consent_untranslated', path: ['texts', language, key], message: `there are no words for it in ${nameOf(language)}` });
    }
    const lacking = isBuiltIn ? [] : Object.keys(ENGLISH).filter((key) => !own.has(key));
    if (lacking.length > 0) {
      found.push({ code: 'consent_untranslated', path: ['texts', language], message: `nothing is built in for ${nameOf(language)}: ${lacking.length} words are missing` });
    }
  }
  return found;
}

/** What a language is called. */
export function nameOf(tag: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
