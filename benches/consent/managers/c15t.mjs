import { partial } from '../probes/answers.mjs';
import { json } from './page-code.mjs';

/** "Quickstart" of @c15t/react with its three categories; in offline mode, as it has no backend here. */
export const c15t = {
  name: 'c15t + @c15t/react',
  short: 'C15',
  packages: ['c15t', '@c15t/react', '@c15t/ui', '@c15t/translations'],
  setup: 'React quickstart with its three categories, `mode: "offline"`, `overrides: { country: "DE" }`. c15t alone has no interface.',
  revision: 'another policy does',
  personRow: { pattern: /subjectId/, note: 'hosted mode keeps a row with `subjectId` for every person' },
  languages: translated,
  declared: { 34: partial('the separate package `@c15t/scripts` does, which is not installed here') },
  wishes: ['dark', 'hosted', 'region', 'revise', 'rtl', 'refusalDays'],
  page: (wishes) => ({
    head: '<link rel="stylesheet" href="/lib/@c15t/ui/dist/styles.css">',
    scripts: [{ code: `window.c15tOptions = ${json(settings(wishes))};` }, { src: '/bundles/c15t.js' }],
  }),
  parts: {
    banner: '[data-testid="consent-banner-root"]',
    accept: '[data-testid="consent-banner-accept-button"]',
    reject: '[data-testid="consent-banner-reject-button"]',
    opener: '[data-testid="consent-banner-customize-button"]',
    dialog: '[data-testid="consent-dialog-root"]',
    toggles: '[data-testid="consent-dialog-root"] [role="switch"]:not([disabled]):not([aria-disabled="true"])',
    roots: '[data-testid^="consent-"]',
  },
  granted: (page) => page.evaluate(() => ['marketing', 'measurement'].filter((each) => manager.hasConsented() && manager.has(each))),
  async withdraw(page) {
    await page.evaluate(() => manager.setActiveUI('dialog'));
    await page.locator('[data-testid="consent-widget-reject-button"]').click();
  },
};

function settings({ dark, hosted, language, marked, refusalDays, region = 'DE', revised, reviseAsTold }) {
  const [country, state] = region.split('-');
  const description = marked ?? (revised ? 'We now also sell what we count.' : undefined);
  return {
    ...(hosted ? { mode: 'hosted', backendURL: '/t/c15t-backend' } : { mode: 'offline' }),
    consentCategories: ['necessary', 'measurement', 'marketing'],
    overrides: { country, ...(state && { region: state }) },
    ...texts(language, description),
    ...(refusalDays && { storageConfig: { defaultExpiryDays: refusalDays } }),
    ...policies({ dark, refusalDays, reviseAsTold }),
  };
}

/** Texts in the place of the built-in ones; the page on internationalisation says how. */
function texts(language = 'en', description) {
  if (!description && language === 'en') return {};
  const messages = { cookieBanner: { title: 'Your privacy', description: description ?? 'Words of this shop.' }, ...(description && { consentTypes: { measurement: { description } } }) };
  return { i18n: { locale: language, detectBrowserLanguage: false, messages: { [language]: messages } } };
}

/** The languages of the package of translations. */
async function translated() {
  const { baseTranslations } = await import('@c15t/translations/all');
  return Object.keys(baseTranslations);
}

/** A policy of the site's own, as its page on policy packs writes them. */
function policies({ dark, refusalDays, reviseAsTold }) {
  if (!dark && !refusalDays && !reviseAsTold) return {};
  const pack = {
    id: 'site',
    match: { isDefault: true },
    consent: { model: 'opt-in', expiryDays: refusalDays ?? (reviseAsTold ? 200 : 365), categories: ['*'] },
    ui: { mode: 'banner', ...(dark && { banner: { allowedActions: ['accept'] } }) },
  };
  return { offlinePolicy: { policyPacks: [pack] } };
}
