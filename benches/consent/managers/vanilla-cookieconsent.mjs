import { json, whenParsed } from './page-code.mjs';

/** https://cookieconsent.orestbida.com/essential/getting-started.html with two optional categories. */
export const vanillaCookieconsent = {
  name: 'vanilla-cookieconsent',
  short: 'VCC',
  packages: ['vanilla-cookieconsent'],
  setup: 'Configuration of "Getting started", `hideFromBots: false` but for row 52.',
  revision: 'a higher `revision` does',
  languages: async () => [],
  wishes: ['clear', 'dark', 'revise', 'refusalDays', 'rtl'],
  page: (wishes) => ({
    head: '<link rel="stylesheet" href="/lib/vanilla-cookieconsent/dist/cookieconsent.css">',
    scripts: [{ src: '/lib/vanilla-cookieconsent/dist/cookieconsent.umd.js' }, whenParsed(`CookieConsent.run(${json(settings(wishes))})`)],
  }),
  parts: {
    banner: '#cc-main .cm',
    accept: '#cc-main .cm [data-role="all"]',
    reject: '#cc-main .cm [data-role="necessary"]',
    opener: '#cc-main .cm [data-role="show"]',
    dialog: '#cc-main .pm',
    toggles: '#cc-main .pm input[type="checkbox"]:not([disabled])',
    roots: '#cc-main',
  },
  granted: (page) => page.evaluate(() => ['ads', 'analytics'].filter((each) => CookieConsent.acceptedCategory(each))),
  async withdraw(page) {
    await page.evaluate(() => CookieConsent.showPreferences());
    await page.locator('#cc-main .pm [data-role="necessary"]').click();
  },
};

function settings({ asPublished, clear, dark, language = 'en', marked, refusalDays, revised, reviseAsTold, tag = '' }) {
  const cookies = clear && { autoClear: { cookies: [{ name: clear.cookie }] } };
  return {
    ...(!asPublished && { hideFromBots: false }),
    ...(reviseAsTold && { revision: 1 }),
    ...(refusalDays && { cookie: { expiresAfterDays: refusalDays } }),
    categories: { necessary: { enabled: true, readOnly: true }, analytics: { ...cookies }, ads: {} },
    language: {
      default: language,
      ...(language === 'ar' && { rtl: 'ar' }),
      translations: { [language]: texts(marked ?? (revised ? 'We now also sell what we count.' : `We count visits.${tag}`), dark) },
    },
  };
}

function texts(analytics, dark) {
  return {
    consentModal: {
      title: 'We use cookies',
      description: `Cookies of this shop. ${analytics}`,
      acceptAllBtn: 'Accept all',
      ...(!dark && { acceptNecessaryBtn: 'Reject all' }),
      showPreferencesBtn: 'Manage individual preferences',
    },
    preferencesModal: {
      title: 'Manage cookie preferences',
      acceptAllBtn: 'Accept all',
      acceptNecessaryBtn: 'Reject all',
      savePreferencesBtn: 'Accept current selection',
      closeIconLabel: 'Close modal',
      sections: [
        { title: 'Strictly necessary cookies', description: 'Needed.', linkedCategory: 'necessary' },
        { title: 'Performance and analytics', description: analytics, linkedCategory: 'analytics' },
        { title: 'Advertising', description: 'Ads.', linkedCategory: 'ads' },
      ],
    },
  };
}
