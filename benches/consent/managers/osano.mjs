import { json, whenParsed } from './page-code.mjs';

/** Example 5 of the package, "Opt-in", the only one with yes and no; it has one category and no preferences. */
export const osano = {
  name: 'cookieconsent (Osano)',
  short: 'OSA',
  packages: ['cookieconsent'],
  setup: '`examples/example-5-opt-in.html`: type `opt-in` and its palette. One category, no preferences.',
  languages: async () => ['en'],
  wishes: ['dark', 'refusalDays'],
  page: (wishes) => ({
    head: '<link rel="stylesheet" href="/lib/cookieconsent/build/cookieconsent.min.css">',
    scripts: [{ src: '/lib/cookieconsent/build/cookieconsent.min.js' }, whenParsed(`cookieconsent.initialise(${json(settings(wishes))}, (popup) => { window.popup = popup; })`)],
  }),
  parts: {
    banner: '.cc-window',
    accept: '.cc-window .cc-allow',
    reject: '.cc-window .cc-deny',
    roots: '.cc-window, .cc-revoke',
  },
  granted: (page) => page.evaluate(() => (popup.hasConsented() ? ['everything'] : [])),
  async withdraw(page) {
    await page.evaluate(() => popup.revokeChoice());
    await page.locator('.cc-window .cc-deny').click();
  },
};

function settings({ dark, marked, refusalDays, revised }) {
  return {
    type: dark ? 'info' : 'opt-in',
    palette: { popup: { background: '#383b75' }, button: { background: '#f1d600' } },
    ...(refusalDays && { cookie: { expiryDays: refusalDays } }),
    ...((marked || revised) && { content: { message: marked ?? 'We now also sell what we count.' } }),
  };
}
