import { json, namesIn } from './page-code.mjs';

/** The configuration of the annotated `dist/config.js` as far as its README calls it the default, with two services. */
export const klaro = {
  name: 'klaro',
  short: 'KLA',
  packages: ['klaro'],
  setup: 'Required fields of `dist/config.js`, `acceptAll: true` as there.',
  revision: 'a new service does',
  languages: () => namesIn('klaro/src/translations', /^([a-z]{2})[\w-]*\.ya?ml$/),
  wishes: ['clear', 'dark', 'revise', 'refusalDays'],
  page: (wishes) => ({
    scripts: [{ code: `window.klaroConfig = ${json(settings(wishes))};` }, { src: '/lib/klaro/dist/klaro.js' }],
  }),
  parts: {
    banner: '.klaro .cookie-notice',
    accept: '.klaro .cookie-notice .cm-btn-success',
    reject: '.klaro .cookie-notice .cn-decline',
    opener: '.klaro .cookie-notice .cm-link',
    dialog: '.klaro .cookie-modal',
    toggles: '.klaro .cookie-modal .cm-service input[type="checkbox"]:not([disabled]), .klaro .cookie-modal .cm-purpose > input:not([disabled])',
    roots: '#klaro',
  },
  granted: (page) => page.evaluate(() => ['ads', 'analytics'].filter((each) => klaro.getManager().confirmed && klaro.getManager().getConsent(each))),
  async withdraw(page) {
    await page.evaluate(() => klaro.show(undefined, true));
    await page.locator('.klaro .cookie-modal .cm-btn-accept').waitFor();
    await page.evaluate(() => document.querySelectorAll('.klaro .cm-purpose > input:checked:not([disabled])').forEach((each) => each.click()));
    await page.locator('.klaro .cookie-modal .cm-btn-accept').click();
  },
};

function settings({ clear, dark, language, marked, refusalDays, revised, reviseAsTold }) {
  const cookies = clear ? [clear.cookie] : [];
  const services = [
    { name: 'analytics', title: 'Analytics', purposes: ['statistics'], cookies },
    { name: 'ads', title: 'Ads', purposes: ['advertising'] },
  ];
  return {
    version: 1,
    acceptAll: true,
    privacyPolicy: '/privacy',
    ...(dark && { hideDeclineAll: true }),
    ...(refusalDays && { cookieExpiresAfterDays: refusalDays }),
    ...(language && { lang: language }),
    translations: {
      [language ?? 'en']: {
        ...(marked && { consentNotice: { description: `${marked} {purposes}` } }),
        analytics: { description: marked ?? (revised ? 'We now also sell what we count.' : 'We count visits.') },
      },
    },
    services: reviseAsTold ? [...services, { name: 'chat', title: 'Chat', purposes: ['livechat'] }] : services,
  };
}
