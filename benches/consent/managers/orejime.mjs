import { json, namesIn } from './page-code.mjs';

/** "Getting started" of its README: the standard theme in English and the two required fields. */
export const orejime = {
  name: 'orejime',
  short: 'ORE',
  packages: ['orejime'],
  setup: 'Standard theme, English, the required fields of its README.',
  revision: 'a new purpose does',
  languages: () => namesIn('orejime/dist', /^orejime-standard-([a-z]{2})\.js$/),
  wishes: ['clear', 'revise', 'refusalDays'],
  page: (wishes) => ({
    head: '<link rel="stylesheet" href="/lib/orejime/dist/orejime-standard.css">',
    scripts: [{ code: `window.orejimeConfig = ${json(settings(wishes))};` }, { src: '/lib/orejime/dist/orejime-standard-en.js' }],
  }),
  parts: {
    banner: '.orejime-Banner',
    accept: '.orejime-Banner-saveButton',
    reject: '.orejime-Banner-declineButton',
    opener: '.orejime-Banner-learnMoreButton',
    dialog: '.orejime-Modal',
    toggles: '.orejime-Modal input[type="checkbox"]:not([disabled])',
    roots: '.orejime-Env',
  },
  granted: (page) => page.evaluate(() => ['ads', 'analytics'].filter((each) => orejime.manager.getConsent(each))),
  async withdraw(page) {
    await page.evaluate(() => orejime.prompt());
    await page.locator('.orejime-PurposeToggles-disableAll, .orejime-PurposeToggles-button').last().click();
    await page.locator('.orejime-Modal-saveButton').click();
  },
};

function settings({ clear, marked, refusalDays, revised, reviseAsTold }) {
  const analytics = marked ?? (revised ? 'We now also sell what we count.' : 'We count visits.');
  const purposes = [
    { id: 'analytics', title: 'Analytics', description: analytics, cookies: clear ? [clear.cookie] : [] },
    { id: 'ads', title: 'Ads', cookies: [] },
  ];
  return {
    privacyPolicyUrl: '/privacy',
    ...(refusalDays && { cookie: { duration: refusalDays } }),
    ...(marked && { translations: { banner: { description: marked } } }),
    purposes: reviseAsTold ? [...purposes, { id: 'chat', title: 'Chat', cookies: [] }] : purposes,
  };
}
