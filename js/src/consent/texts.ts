import type { BannerTexts } from './types.js';

const TEXTS: Readonly<Record<string, BannerTexts>> = {
  en: {
    label: 'Personal order',
    title: 'Shall this site sort things for you?',
    body:
      'If you agree, this device remembers what you look at here and sorts lists by it. ' +
      'That profile stays on your device; you can read, download and erase it at any time.',
    accept: 'Sort for me',
    reject: 'No, same for all',
    later: 'Decide later',
    policy: 'Privacy policy',
  },
  de: {
    label: 'Persönliche Reihenfolge',
    title: 'Soll diese Seite für Sie sortieren?',
    body:
      'Wenn Sie zustimmen, merkt sich dieses Gerät, was Sie hier ansehen, und sortiert Listen danach. ' +
      'Dieses Profil bleibt auf Ihrem Gerät; Sie können es jederzeit lesen, herunterladen und löschen.',
    accept: 'Für mich sortieren',
    reject: 'Nein, für alle gleich',
    later: 'Später entscheiden',
    policy: 'Datenschutzerklärung',
  },
};

/** The texts in a language, or in English. */
export function bannerTexts(language: string, overrides: Partial<BannerTexts>): { texts: BannerTexts; language: string } {
  const short = language.toLowerCase().split('-')[0] ?? '';
  const known = Object.hasOwn(TEXTS, short);
  return { texts: { ...(TEXTS[known ? short : 'en'] as BannerTexts), ...overrides }, language: known ? short : 'en' };
}
